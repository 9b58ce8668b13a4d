-- When a source last went well.
SELECT max(finished_at) FROM core.run WHERE source = $source AND outcome IN ('ok', 'unchanged');
