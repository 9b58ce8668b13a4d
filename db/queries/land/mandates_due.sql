-- One row an entity of a source that a CRM record was accepted as, and of which was not asked since `$since` who signs, or
-- whose roles changed since; those never asked for first.
WITH inquiry AS (
    SELECT record_id, min(coalesce(asked_at, '-infinity'::TIMESTAMPTZ)) AS asked_at FROM core.mandate GROUP BY record_id
)
SELECT DISTINCT record.source_key, inquiry.asked_at
FROM core.match AS verdict
JOIN core.source_record AS record ON record.record_id = verdict.record_id
LEFT JOIN inquiry ON inquiry.record_id = record.record_id
WHERE
    verdict.state = 'accepted'
    AND record.source = $source
    AND record.known_to IS NULL
    AND record.entity_kind = 'legal_entity'
    AND NOT record.is_natural_person
    AND NOT record.is_closed
    AND (inquiry.asked_at IS NULL OR inquiry.asked_at < $since)
ORDER BY inquiry.asked_at NULLS FIRST, record.source_key;
