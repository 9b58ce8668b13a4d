-- One row an entity of a source that is `wanted` (lent: of the CRM only), with whether it is due: of which was not asked since
-- `$since` who signs (where the source failed on it, since `$failed_since`), or whose roles changed since; those never asked for first.
SELECT
    record.source_key,
    inquiry.asked_at IS NULL
    OR inquiry.asked_at < CASE WHEN inquiry.outcome = 'failed' THEN $failed_since ELSE $since END AS is_due
FROM wanted
JOIN core.source_record AS record ON record.record_id = wanted.record_id
LEFT JOIN core.mandate_inquiry AS inquiry ON inquiry.record_id = record.record_id
WHERE
    record.source = $source
    AND record.known_to IS NULL
    AND record.entity_kind = 'legal_entity'
    AND NOT record.is_natural_person
    AND NOT record.is_closed
ORDER BY inquiry.asked_at NULLS FIRST, record.source_key;
