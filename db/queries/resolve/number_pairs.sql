-- One row a pair of records of two sources which state the same number and are the same sort of entity, surest first.
-- Two records of one source are never a pair; a branch, establishment or fund is never paired with its legal entity.
WITH shared_schemes AS (
    SELECT scheme
    FROM core.identifier
    GROUP BY scheme
    HAVING min(split_part(record_id, ':', 1)) <> max(split_part(record_id, ':', 1))
),
numbered AS (
    SELECT
        number.scheme,
        number.value,
        record.record_id,
        record.source,
        record.name_key,
        record.is_live,
        CASE WHEN record.entity_kind IN ('branch', 'establishment', 'fund') THEN record.entity_kind ELSE 'entity' END AS sort
    FROM core.identifier AS number
    JOIN shared_schemes USING (scheme)
    JOIN core.record_key AS record USING (record_id)
)
SELECT DISTINCT
    one.record_id AS left_id,
    other.record_id AS right_id,
    one.name_key IS NOT DISTINCT FROM other.name_key AS has_equal_name,
    one.is_live AND other.is_live AS are_both_live
FROM numbered AS one
JOIN numbered AS other
    ON one.scheme = other.scheme AND one.value = other.value AND one.sort = other.sort AND one.source < other.source
ORDER BY has_equal_name DESC, are_both_live DESC, left_id, right_id;
