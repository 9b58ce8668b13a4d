-- One row a current record that a complete delivery does not have: it has left the source. A record whose row was
-- rejected, or whose key stands in a line that could not be read, has not, nor one that a delta stated after the file can
-- have been made.
CREATE OR REPLACE TEMP TABLE land_closing AS
SELECT record.rowid AS previous_rowid, record.record_id
FROM core.source_record AS record
WHERE $is_complete AND record.source = $source AND record.known_to IS NULL AND record.source_seq <= $source_seq
    AND list_contains($part_layouts, record.layout)
    AND record.source_seq NOT IN (
        SELECT source_seq FROM core.run
        WHERE source = $source AND outcome = 'ok' AND coverage = 'delta' AND source_seq > $made_seq
    )
    AND NOT EXISTS (SELECT 1 FROM land_row WHERE land_row.source_key = record.source_key)
    AND NOT EXISTS (SELECT 1 FROM land_unreadable WHERE contains(land_unreadable.csv_line, record.source_key));
