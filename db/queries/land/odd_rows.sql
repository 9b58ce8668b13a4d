-- How many rows are rejected, or belong to a key that is odd.
SELECT (SELECT count(*) FROM land_row WHERE reject_code IS NOT NULL) + (SELECT count(*) FROM land_odd);
