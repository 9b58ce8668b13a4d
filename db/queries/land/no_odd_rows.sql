-- Rows that are rejected or share their key with another, with their place in the delivery and their text; none yet.
CREATE OR REPLACE TEMP TABLE land_numbered AS SELECT *, NULL::VARCHAR AS row_json FROM land_row LIMIT 0;
