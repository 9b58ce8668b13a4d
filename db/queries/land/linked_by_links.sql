-- One row a record whose links the delivery tells completely.
CREATE OR REPLACE TEMP TABLE land_linked AS
SELECT DISTINCT $source || ':' || source_key AS record_id FROM land_row WHERE reject_code IS NULL
UNION
SELECT record_id FROM core.relation
WHERE $is_complete AND source = $source AND known_to IS NULL AND list_contains($kinds, kind);
