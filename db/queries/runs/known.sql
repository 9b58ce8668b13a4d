-- What to tell a source of the last good runs: ETag of the part's newest complete delivery, position in the source's
-- feed. An ETag counts only for the mapping that read it.
WITH good AS (
    SELECT * FROM core.run WHERE source = $source AND outcome IN ('ok', 'unchanged')
)
SELECT
    (
        SELECT etag FROM good
        WHERE coverage = 'complete' AND list_contains($part_layouts, layout) AND mapping_version = $mapping_version
        ORDER BY source_seq DESC LIMIT 1
    ) AS etag,
    (SELECT feed_cursor FROM good WHERE feed_cursor IS NOT NULL ORDER BY started_at DESC, run_id DESC LIMIT 1) AS feed_cursor;
