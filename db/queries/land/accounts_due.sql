-- One row an entity of a source whose accounts are due: those that a CRM record was accepted as, then those `reached`
-- (lent) by an ICP, best first. An entity that says it filed no accounts since `$first_year` has none, where the register
-- tells (`$tells_years`); one that was answered is asked again when it filed newer ones, or after `$since`; one that was
-- not, after `$failed_since`.
WITH wanted AS (
    SELECT record_id, 0 AS place FROM core.match WHERE state = 'accepted' AND record_id IS NOT NULL
    UNION ALL
    SELECT record_id, place FROM reached
),
first_place AS (
    SELECT record_id, min(place) AS place FROM wanted GROUP BY record_id
)
SELECT record.source_key, record.last_accounts_year
FROM first_place
JOIN core.source_record AS record ON record.record_id = first_place.record_id
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
ORDER BY first_place.place, inquiry.asked_at NULLS FIRST, record.source_key;
