-- How many record versions the source has.
SELECT count(*) FROM core.source_record WHERE source = $source;
