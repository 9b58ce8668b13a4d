-- Makes match_compared: one row a reference record that is somebody's candidate, with every value that is compared.
CREATE OR REPLACE TEMP TABLE match_compared AS
WITH wanted AS (
    SELECT DISTINCT ref_id FROM match_candidate
),
numbers AS (
    SELECT ref_id, map_from_entries(list((scheme, value) ORDER BY scheme, value)) AS numbers
    FROM (
        SELECT ref_id, scheme, min(value) AS value
        FROM match_reference_number
        JOIN wanted USING (ref_id)
        GROUP BY ref_id, scheme
    )
    GROUP BY ref_id
),
further AS (
    SELECT ref_id, list({'name': name, 'core_name': core_name, 'core_key': core_key} ORDER BY name, core_name) AS further_names
    FROM match_reference_name
    JOIN wanted USING (ref_id)
    WHERE core_key IS NOT NULL
    GROUP BY ref_id
)
SELECT
    reference.* EXCLUDE (is_keyed),
    company.company_id,
    numbers.numbers,
    further.further_names
FROM match_reference AS reference
JOIN wanted USING (ref_id)
LEFT JOIN match_company AS company USING (ref_id)
LEFT JOIN numbers USING (ref_id)
LEFT JOIN further USING (ref_id);
