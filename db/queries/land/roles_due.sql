-- One row an entity of a source that is `wanted` (lent: of the CRM only), with whether its roles are due: not asked for since
-- `$since`; those never asked for before those asked for longest ago. Roles are personal data, kept of no other entity.
SELECT record.source_key, inquiry.asked_at IS NULL OR inquiry.asked_at < $since AS is_due
FROM wanted
JOIN core.source_record AS record ON record.record_id = wanted.record_id
LEFT JOIN core.role_inquiry AS inquiry ON inquiry.record_id = record.record_id
WHERE
    record.source = $source
    AND record.known_to IS NULL
    AND NOT record.is_natural_person
ORDER BY inquiry.asked_at NULLS FIRST, record.source_key
