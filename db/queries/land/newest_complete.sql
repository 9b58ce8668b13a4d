-- The order and time of the newest complete delivery of the part.
SELECT source_seq, fetched_at FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND coverage = 'complete' AND list_contains($part_layouts, layout)
ORDER BY source_seq DESC LIMIT 1;
