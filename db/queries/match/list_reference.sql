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

CREATE TEMP VIEW match_reference_size AS
SELECT rowid AS ref_no, CAST(NULL AS BIGINT) AS employees_low, CAST(NULL AS BIGINT) AS employees_high FROM match_list WHERE false;

-- rows of one id say different things of one company; hashes first, since numbers are counted many times faster than texts
CREATE TEMP TABLE match_company AS
WITH perhaps AS (
    SELECT rowid AS ref_no, ref_id
    FROM match_list
    WHERE hash(ref_id) IN (SELECT hashed FROM (SELECT hash(ref_id) AS hashed FROM match_list) AS ids GROUP BY hashed HAVING count(*) > 1)
)
SELECT ref_no, ref_id AS company_id
FROM perhaps
WHERE ref_id IN (SELECT ref_id FROM perhaps GROUP BY ref_id HAVING count(*) > 1);
