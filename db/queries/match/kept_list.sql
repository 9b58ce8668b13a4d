-- Makes match_list, which match/list_reference reads, from a kept index.
CREATE TEMP VIEW match_list AS
SELECT ref_no AS rowid, ref_id, name, country_code, core_name, core_key, legal_form_class, domain, postal_code, city_key, address_key, number
FROM kept.list;
