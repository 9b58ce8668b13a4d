-- How many versions of source records there are.
SELECT count(*) AS record_count FROM core.source_record;
