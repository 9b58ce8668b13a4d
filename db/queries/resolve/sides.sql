-- One row a record of the pairs that were found: what it states, normalised. `is_big_city`: so many are there that two who
-- are have nothing in common.
WITH paired AS (
    SELECT left_id AS record_id FROM resolve_pair UNION SELECT right_id FROM resolve_pair
),
further AS (
    SELECT record_id, list_sort(list_distinct(list(name))) AS further_names
    FROM core.record_name
    SEMI JOIN paired USING (record_id)
    WHERE core_key IS NOT NULL
    GROUP BY record_id
),
begun AS (
    SELECT
        record_id,
        arg_max(founded_date, source_seq) AS founded_date,
        arg_max(registered_date, source_seq) AS registered_date
    FROM core.source_record
    SEMI JOIN paired USING (record_id)
    GROUP BY record_id
),
big_city AS (
    SELECT country_code, city_key
    FROM core.record_key
    WHERE city_key IS NOT NULL
    GROUP BY country_code, city_key
    HAVING count(*) > greatest($many_in_a_city, $share_in_a_city * any_value(
        (SELECT count(*) FROM core.record_key AS whole WHERE whole.country_code = record_key.country_code)
    ))
),
numbered AS (
    SELECT record_id, list_sort(list({'scheme': scheme, 'value': value})) AS numbers
    FROM core.identifier
    SEMI JOIN paired USING (record_id)
    GROUP BY record_id
)
SELECT record.*, further_names, founded_date, registered_date, numbers, big_city.city_key IS NOT NULL AS is_big_city
FROM core.record_key AS record
SEMI JOIN paired USING (record_id)
LEFT JOIN further USING (record_id)
LEFT JOIN begun USING (record_id)
LEFT JOIN numbered USING (record_id)
LEFT JOIN big_city USING (country_code, city_key)
ORDER BY record_id;
