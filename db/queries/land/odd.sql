-- One row a key of a rejected row, or of several usable ones: these rows are read again, with their place (`land_numbered`).
CREATE OR REPLACE TEMP TABLE land_odd AS
SELECT DISTINCT source_key FROM land_row WHERE reject_code IS NOT NULL AND source_key IS NOT NULL
UNION
SELECT source_key FROM land_repeated;

CREATE OR REPLACE TEMP TABLE land_numbered AS SELECT *, NULL::VARCHAR AS row_json FROM land_row LIMIT 0;
