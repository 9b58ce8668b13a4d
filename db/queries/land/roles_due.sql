-- One row an entity of a source that is `wanted` (lent: of the CRM only), and whose roles were not asked for since `$since`,
-- those never asked for before those asked for longest ago: roles are personal data, kept of no other entity.
SELECT record.source_key
FROM wanted
JOIN core.source_record AS record ON record.record_id = wanted.record_id
LEFT JOIN core.role_inquiry AS inquiry ON inquiry.record_id = record.record_id
WHERE
    record.source = $source
    AND record.known_to IS NULL
    AND NOT record.is_natural_person
    AND (inquiry.asked_at IS NULL OR inquiry.asked_at < $since)
ORDER BY inquiry.asked_at NULLS FIRST, record.source_key
