-- Where the last good run of a source stopped reading, and with which mapping it read.
SELECT feed_cursor, mapping_version FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND feed_cursor IS NOT NULL
ORDER BY started_at DESC, run_id DESC LIMIT 1;
