-- How many rows can be used.
SELECT count(*) FROM land_row WHERE reject_code IS NULL;
