-- What the good run of a part of a source knew that made its current state: the newest by what it is of, not by when it came.
SELECT coverage, url, etag, original_sha256, kept_sha256, layout, mapping_version, feed_cursor
FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND list_contains($part_layouts, layout)
ORDER BY source_seq DESC NULLS LAST, started_at DESC, run_id DESC LIMIT 1;
