-- One row an entity of a source that is `wanted` (lent) and whose accounts are due, in the order to ask: the first
-- `$most`, and how many are due in all (`due_count`). An entity that says it
-- filed no accounts since `$first_year` has none, where the register tells (`$tells_years`); one that was answered is asked
-- again when it filed newer ones, or after `$since`; one that was not, after `$failed_since`.
SELECT record.source_key, record.last_accounts_year, count(*) OVER () AS due_count
FROM wanted
JOIN core.source_record AS record ON record.record_id = wanted.record_id
LEFT JOIN core.account_inquiry AS inquiry ON inquiry.record_id = record.record_id
WHERE
    record.source = $source
    AND record.known_to IS NULL
    AND NOT record.is_closed
    AND NOT record.is_natural_person
    AND (record.last_accounts_year >= $first_year OR NOT $tells_years)
    AND (
        inquiry.asked_at IS NULL
        OR inquiry.filed_year IS DISTINCT FROM record.last_accounts_year
        OR inquiry.asked_at < CASE WHEN inquiry.outcome = 'hit' THEN $since ELSE $failed_since END
    )
ORDER BY wanted.place, inquiry.asked_at NULLS FIRST, record.source_key
LIMIT $most;
