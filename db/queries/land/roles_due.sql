-- One row an entity of a source that a CRM record was accepted as, and whose roles were not brought since `$since`:
-- roles are personal data, kept of no other entity.
SELECT DISTINCT record.source_key
FROM core.match AS verdict
JOIN core.source_record AS record ON record.record_id = verdict.record_id
WHERE
    verdict.state = 'accepted'
    AND record.source = $source
    AND record.known_to IS NULL
    AND NOT record.is_natural_person
    AND NOT EXISTS (
        SELECT 1
        FROM core.role AS role
        JOIN core.run AS run ON run.run_id = role.run_id
        WHERE role.record_id = record.record_id AND role.known_to IS NULL AND run.started_at >= $since
    )
ORDER BY record.source_key
