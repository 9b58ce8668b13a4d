-- One row an entity of a source that a CRM record was accepted as, and whose roles were not asked for since `$since`, those
-- never asked for before those asked for longest ago: roles are personal data, kept of no other entity.
SELECT DISTINCT record.source_key, inquiry.asked_at
FROM core.match AS verdict
JOIN core.source_record AS record ON record.record_id = verdict.record_id
LEFT JOIN core.role_inquiry AS inquiry ON inquiry.record_id = record.record_id
WHERE
    verdict.state = 'accepted'
    AND record.source = $source
    AND record.known_to IS NULL
    AND NOT record.is_natural_person
    AND (inquiry.asked_at IS NULL OR inquiry.asked_at < $since)
ORDER BY inquiry.asked_at NULLS FIRST, record.source_key
