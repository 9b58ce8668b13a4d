-- One row a key of which some row is rejected, or of which there are several rows where each should be a record of its
-- own: all rows of these keys are read again, with their place in the delivery (`land_numbered`).
CREATE OR REPLACE TEMP TABLE land_odd AS
SELECT DISTINCT source_key FROM land_row WHERE reject_code IS NOT NULL AND source_key IS NOT NULL
UNION
SELECT source_key FROM land_row WHERE $one_row_a_record AND source_key IS NOT NULL GROUP BY source_key HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE land_numbered AS SELECT *, NULL::VARCHAR AS row_json FROM land_row LIMIT 0;
