-- One row a usable delivered key that the ledger does not have.
SELECT DISTINCT source_key FROM land_row
WHERE reject_code IS NULL
    AND source_key NOT IN (SELECT source_key FROM core.source_record WHERE source = $source);
