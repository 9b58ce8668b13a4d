-- How many were erased or withdrawn, who may not come back.
SELECT count(*) FROM core.tombstone;
