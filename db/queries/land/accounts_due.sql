-- One row an entity of a source that is `wanted` (lent) and may have accounts, in the order to ask, with whether they are due. An
-- entity that says it filed no accounts since `$first_year` has none, where the register tells (`$tells_years`); one that was
-- answered is asked again when it filed newer ones, or after `$since`; one that was not, after `$failed_since`.
-- The due come first; `$most` are told, each with how many there are in all (`due_count`, `not_due_count`).
WITH told AS (
    SELECT
        record.source_key, record.last_accounts_year, wanted.place, inquiry.asked_at,
        inquiry.asked_at IS NULL
        OR inquiry.filed_year IS DISTINCT FROM record.last_accounts_year
        OR inquiry.asked_at < CASE WHEN inquiry.outcome = 'hit' THEN $since ELSE $failed_since END AS is_due
    FROM wanted
    JOIN core.source_record AS record ON record.record_id = wanted.record_id
    LEFT JOIN core.account_inquiry AS inquiry ON inquiry.record_id = record.record_id
    WHERE
        record.source = $source
        AND record.known_to IS NULL
        AND NOT record.is_closed
        AND NOT record.is_natural_person
        AND (record.last_accounts_year >= $first_year OR NOT $tells_years)
)
SELECT source_key, last_accounts_year, is_due, count(*) FILTER (is_due) OVER () AS due_count, count(*) FILTER (NOT is_due) OVER () AS not_due_count
FROM told
ORDER BY is_due DESC, place, asked_at NULLS FIRST, source_key
LIMIT $most;
