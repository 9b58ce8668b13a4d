-- Lets go of rows that are older than core.retention says.
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
