-- Closes one run in the log, with what is known of it.
UPDATE core.run SET
    finished_at = $at, outcome = $outcome, message = $message,
    coverage = $coverage, url = $url, etag = $etag, original_sha256 = $original_sha256, kept_sha256 = $kept_sha256,
    layout = $layout, mapping_version = $mapping_version, source_seq = $source_seq, feed_cursor = $feed_cursor,
    fetched_at = $fetched_at, rows_in = $rows_in, rows_landed = $rows_landed, rows_rejected = $rows_rejected,
    rows_added = $rows_added, rows_changed = $rows_changed, rows_closed = $rows_closed
WHERE run_id = $run_id::UUID;
