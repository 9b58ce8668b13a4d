-- How many records were normalised by another version of the normalisers; one for an empty table, of which nothing says
-- which version made its columns.
SELECT count(*) FILTER (normaliser_version <> $normaliser_version) + CAST(count(*) = 0 AS INTEGER) FROM core.record_key;
