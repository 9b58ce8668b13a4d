-- Finds the place of each late statement between the versions known (`land_late`): known already, the beginning of the
-- version that follows, or a historical version of its own.
CREATE OR REPLACE TEMP TABLE land_late AS
WITH version AS (
    SELECT record.rowid AS version_rowid, record.source_key, record.content_hash, record.known_from, record.known_to, record.fetched_at, record.is_closed
    FROM core.source_record AS record
    WHERE record.source = $source AND record.source_key IN (SELECT source_key FROM land_plan WHERE verdict = 'late')
), earlier AS (
    SELECT * FROM version WHERE known_from <= $fetched_at
    QUALIFY row_number() OVER (PARTITION BY source_key ORDER BY known_from DESC, version_rowid DESC) = 1
), later AS (
    SELECT * FROM version WHERE known_from > $fetched_at
    QUALIFY row_number() OVER (PARTITION BY source_key ORDER BY known_from, version_rowid) = 1
)
SELECT
    plan.source_key, earlier.version_rowid AS earlier_rowid, later.version_rowid AS later_rowid,
    CASE
        WHEN earlier.content_hash = plan.content_hash THEN 'late_known'
        WHEN later.content_hash = plan.content_hash THEN 'late_moved'
        ELSE 'late'
    END AS verdict,
    coalesce(later.known_from, earlier.known_to, greatest(earlier.fetched_at, $newest_complete_at)) AS known_to,
    later.source_key IS NULL AND (earlier.source_key IS NULL OR earlier.is_closed) AS is_closed,
    later.source_key IS NULL AND NOT earlier.is_closed AS splits_current
FROM land_plan AS plan
LEFT JOIN earlier USING (source_key)
LEFT JOIN later USING (source_key)
WHERE plan.verdict = 'late';

UPDATE land_plan
SET verdict = land_late.verdict, known_to = land_late.known_to, is_closed = land_late.is_closed, previous_rowid = land_late.earlier_rowid
FROM land_late WHERE land_plan.verdict = 'late' AND land_plan.source_key = land_late.source_key;
