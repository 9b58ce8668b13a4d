-- What the last good run of a part of a source knew.
SELECT coverage, url, etag, original_sha256, kept_sha256, layout, mapping_version, feed_cursor
FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND list_contains($part_layouts, layout)
ORDER BY started_at DESC, run_id DESC LIMIT 1;
