-- When a source last went well; that single numbers were asked for makes it no less due.
SELECT max(finished_at) FROM core.run
WHERE source = $source AND outcome IN ('ok', 'unchanged') AND command <> 'refresh --number';
