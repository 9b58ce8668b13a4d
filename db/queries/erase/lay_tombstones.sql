-- Lays a tombstone for each of the lent rows.
INSERT OR IGNORE INTO core.tombstone
SELECT scheme, hmac, $reason, now() FROM subject_rows;
