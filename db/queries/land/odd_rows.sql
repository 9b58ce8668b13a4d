-- How many rows are rejected, or share their key with another.
SELECT (SELECT count(*) FROM land_row WHERE reject_code IS NOT NULL) + (SELECT count(*) FROM land_repeated);
