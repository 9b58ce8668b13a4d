-- Finds pairs of records that state the same number: one row a pair and number. `left_owns`: it is the left one's own key.
-- Establishments and funds only meet their like: they state the number of the company they belong to. A number that very
-- many state is nobody's in particular.
CREATE OR REPLACE TEMP TABLE resolve_pair AS
WITH stated AS (
    SELECT
        number.scheme,
        number.value,
        record.record_id,
        record.source,
        CASE WHEN record.entity_kind IN ('establishment', 'fund') THEN record.entity_kind ELSE 'company' END AS sort,
        number.value = substr(record.record_id, length(record.source) + 2) AS owns
    FROM core.identifier AS number
    JOIN core.record_key AS record USING (record_id)
    SEMI JOIN (SELECT scheme, value FROM core.identifier GROUP BY ALL HAVING count(*) > 1) AS shared
        ON shared.scheme = number.scheme AND shared.value = number.value
),
telling AS (
    SELECT * FROM stated QUALIFY count(*) OVER (PARTITION BY scheme, value, sort) BETWEEN 2 AND $most_of_a_number
)
SELECT one.record_id AS left_id, other.record_id AS right_id, one.scheme, one.value, one.owns AS left_owns
FROM telling AS one
JOIN telling AS other
    ON one.scheme = other.scheme
    AND one.value = other.value
    AND one.sort = other.sort
    AND (NOT one.owns, one.record_id) < (NOT other.owns, other.record_id);
