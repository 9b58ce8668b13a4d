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
dated AS (
    SELECT record_id, founded_date AS begun_date, source_seq FROM core.source_record WHERE founded_date IS NOT NULL
    UNION ALL
    SELECT record_id, registered_date, source_seq FROM core.source_record WHERE registered_date IS NOT NULL
),
-- registers took whole lists over on one day: such a date is nobody's own; a year without its day is New Year's Day
common_date AS (
    SELECT begun_date
    FROM dated
    WHERE NOT (month(begun_date) = 1 AND day(begun_date) = 1)
    GROUP BY begun_date
    HAVING count(*) > greatest($many_on_a_date, $share_on_a_date * (SELECT count(*) FROM dated))
),
begun AS (
    SELECT record_id, list_sort(list_distinct(list(begun_date))) AS begun_dates
    FROM dated
    SEMI JOIN paired USING (record_id)
    ANTI JOIN common_date USING (begun_date)
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
SELECT record.*, further_names, begun_dates, numbers, big_city.city_key IS NOT NULL AS is_big_city
FROM core.record_key AS record
SEMI JOIN paired USING (record_id)
LEFT JOIN further USING (record_id)
LEFT JOIN begun USING (record_id)
LEFT JOIN numbered USING (record_id)
LEFT JOIN big_city USING (country_code, city_key)
ORDER BY record_id;
