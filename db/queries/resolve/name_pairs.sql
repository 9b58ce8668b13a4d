-- One row a pair of records of two sources which have the same whole name, legal form included, in the same country, where
-- nobody else in any of the sources has it, and the second states no national number that could tell.
WITH meeting_countries AS (
    SELECT country_code
    FROM core.record_key
    WHERE country_code IS NOT NULL
    GROUP BY country_code
    HAVING min(source) <> max(source)
),
named AS (
    SELECT record_id, source, country_code, name_key, is_live
    FROM core.record_key
    JOIN meeting_countries USING (country_code)
    WHERE entity_kind IN ('legal_entity', 'public_body') AND NOT is_natural_person AND name_key IS NOT NULL
),
unique_names AS (
    SELECT country_code, name_key
    FROM named
    GROUP BY country_code, name_key
    HAVING count(*) > 1 AND count(*) = count(DISTINCT source)
),
candidates AS (
    SELECT named.*, nationally.record_id IS NOT NULL AS states_national_number
    FROM named
    JOIN unique_names USING (country_code, name_key)
    LEFT JOIN (SELECT DISTINCT record_id FROM core.identifier WHERE scheme <> 'LEI') AS nationally USING (record_id)
)
SELECT one.record_id AS left_id, other.record_id AS right_id
FROM candidates AS one
JOIN candidates AS other USING (country_code, name_key)
WHERE one.states_national_number AND NOT other.states_national_number AND one.is_live AND other.is_live
ORDER BY left_id, right_id;
