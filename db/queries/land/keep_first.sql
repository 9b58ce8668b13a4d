-- Of usable rows with one key the first of the delivery stays in `land_row`; the others become rejects.
UPDATE land_numbered SET reject_code = 'duplicate_id'
FROM (SELECT source_key, min(row_number) AS first_number FROM land_numbered WHERE reject_code IS NULL GROUP BY source_key) AS kept
WHERE $one_row_a_record AND reject_code IS NULL AND land_numbered.source_key = kept.source_key AND row_number > first_number;

DELETE FROM land_row WHERE reject_code IS NULL AND source_key IN (SELECT source_key FROM land_odd);

INSERT INTO land_row BY NAME SELECT * EXCLUDE (row_json) FROM land_numbered WHERE reject_code IS NULL;
