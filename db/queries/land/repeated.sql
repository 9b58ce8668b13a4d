-- One row a key that several usable rows of the delivery share, where each row is a record of its own.
CREATE OR REPLACE TEMP TABLE land_repeated AS
SELECT source_key FROM land_row WHERE $one_row_a_record AND reject_code IS NULL
GROUP BY source_key HAVING count(*) > 1;
