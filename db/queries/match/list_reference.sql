-- Makes the views through which the candidates' queries see a list instead of the warehouse.
CREATE TEMP VIEW match_reference AS
SELECT
    rowid AS ref_no, ref_id, name, country_code, core_name, core_key, legal_form_class, domain, NULL::VARCHAR AS email_domain,
    NULL::VARCHAR AS phone, NULL::VARCHAR AS mobile, postal_code, city_key, address_key, true AS is_live, 'legal_entity' AS entity_kind,
    true AS is_keyed
FROM match_list;

CREATE TEMP VIEW match_reference_number AS
SELECT rowid AS ref_no, 'number' AS scheme, number AS value FROM match_list WHERE number IS NOT NULL;

CREATE TEMP VIEW match_reference_name AS
SELECT rowid AS ref_no, name, core_name, core_key FROM match_list WHERE false;

-- rows of one id say different things of one company
CREATE TEMP TABLE match_company AS
SELECT list.rowid AS ref_no, list.ref_id AS company_id
FROM match_list AS list
JOIN (SELECT ref_id FROM match_list GROUP BY ref_id HAVING count(*) > 1) AS repeated USING (ref_id);
