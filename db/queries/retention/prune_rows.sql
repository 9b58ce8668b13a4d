-- Lets go of rows that are older than core.retention says, and of what a source replaced longer ago than it says of
-- itself (`source_keeps`, lent: days by source). The last version of a record stays: companies are made of it.
DELETE FROM raw.reject
WHERE rejected_at < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'raw.reject'));

DELETE FROM core.export
WHERE exported_at < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'core.export'));

DELETE FROM core.match_past
WHERE replaced_at < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'core.match_past'));

DELETE FROM core.match_evidence_past
WHERE (crm_kind, crm_id, matched_at) NOT IN (SELECT (crm_kind, crm_id, matched_at) FROM core.match_past);

-- sites and events that are published still go from there too: runs/is_behind.sql counts this run
INSERT INTO core.run BY NAME
SELECT
    uuid() AS run_id, 'retention' AS command, 'retention' AS stage, now() AS started_at, now() AS finished_at, 'ok' AS outcome,
    count(*) || ' sites and events that are older than they are kept' AS message
FROM (
    SELECT 'core.site' AS place, fetched_at AS at FROM core.site WHERE known_to IS NULL
    UNION ALL
    SELECT 'core.signal', known_from FROM core.signal WHERE known_to IS NULL
) AS published
JOIN core.retention AS kept USING (place)
WHERE published.at < now() - to_days(kept.keep_days)
HAVING count(*) > 0;

-- what was not read again for so long may be another's site by now
DELETE FROM core.site
WHERE coalesce(known_to, fetched_at) < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'core.site'));

DELETE FROM core.site_inquiry
WHERE asked_at < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'core.site_inquiry'));

DELETE FROM core.signal
WHERE known_from < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'core.signal'));

DELETE FROM core.source_record
USING source_keeps
WHERE
    source_keeps.source = source_record.source
    AND source_record.known_to < now() - to_days(source_keeps.keep_days)
    AND EXISTS (
        SELECT 1 FROM core.source_record AS later
        WHERE later.record_id = source_record.record_id AND later.known_from >= source_record.known_to
    );

DELETE FROM core.relation
USING source_keeps
WHERE source_keeps.source = relation.source AND relation.known_to < now() - to_days(source_keeps.keep_days);

DELETE FROM core.role
USING source_keeps
WHERE source_keeps.source = role.source AND role.known_to < now() - to_days(source_keeps.keep_days);

DELETE FROM core.account
USING source_keeps
WHERE source_keeps.source = account.source AND account.known_to < now() - to_days(source_keeps.keep_days);

DELETE FROM core.change
USING source_keeps
WHERE
    source_keeps.source = split_part(change.record_id, ':', 1)
    AND change.known_at < now() - to_days(source_keeps.keep_days);
