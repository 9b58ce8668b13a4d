-- How many records would close, of how many current ones of the part.
SELECT
    (SELECT count(*) FROM land_closing) AS closing,
    count(*) AS current_count
FROM core.source_record WHERE source = $source AND known_to IS NULL AND list_contains($part_layouts, layout);
