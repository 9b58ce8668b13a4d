-- Makes match_list: one row a row of the list that is linked to, numbered in its order, since many processors load it.
CREATE TEMP TABLE match_listed (
    place BIGINT, ref_id VARCHAR, name VARCHAR, country_code VARCHAR, core_name VARCHAR, core_key VARCHAR, legal_form_class VARCHAR,
    domain VARCHAR, postal_code VARCHAR, city_key VARCHAR, address_key VARCHAR, number VARCHAR
);

CREATE TEMP VIEW match_list AS SELECT place AS rowid, * EXCLUDE (place) FROM match_listed;
