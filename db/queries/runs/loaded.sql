-- One row a layout of which a complete delivery landed, with the order of the newest.
SELECT layout, max(source_seq) AS source_seq FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND coverage = 'complete'
GROUP BY layout;
