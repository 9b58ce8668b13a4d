-- A record that came in another layout is changed only where one of its rendered fields is (`land_differs`).
UPDATE land_plan SET verdict = 'changed' WHERE verdict = 'compare' AND source_key IN (SELECT source_key FROM land_differs);

UPDATE land_plan SET verdict = 'rerendered', run_id = previous.run_id, known_from = previous.known_from
FROM core.source_record AS previous
WHERE land_plan.verdict = 'compare' AND previous.rowid = land_plan.previous_rowid;
