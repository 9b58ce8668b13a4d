-- How many records were normalised by another version of the normalisers.
SELECT count(*) FROM core.record_key WHERE normaliser_version <> $normaliser_version;
