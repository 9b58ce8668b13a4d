-- Makes match_list: one row a row of the list that is linked to.
CREATE TEMP TABLE match_list (
    ref_id VARCHAR, name VARCHAR, country_code VARCHAR, core_name VARCHAR, core_key VARCHAR, legal_form_class VARCHAR,
    domain VARCHAR, postal_code VARCHAR, city_key VARCHAR, number VARCHAR
);
