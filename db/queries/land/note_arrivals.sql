-- Notes records that came, came back and left. On a part's first delivery nothing is news.
INSERT INTO core.change
SELECT record_id, verdict, NULL, NULL, NULL, $run_id::UUID, $fetched_at FROM land_plan
WHERE verdict = 'reopened' OR (verdict = 'added' AND NOT $is_first)
UNION ALL
SELECT record_id, 'closed', NULL, NULL, NULL, $run_id::UUID, $fetched_at FROM land_closing;
