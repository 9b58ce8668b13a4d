-- One row a stage and source: its last run, and since when it has not gone well.
SELECT
    stage,
    source,
    started_at,
    finished_at,
    outcome,
    coverage,
    rows_in,
    rows_landed,
    rows_rejected,
    message,
    max(finished_at) FILTER (outcome IN ('ok', 'unchanged')) OVER (PARTITION BY stage, source) AS last_good_at
FROM core.run
QUALIFY row_number() OVER (PARTITION BY stage, source ORDER BY started_at DESC, run_id DESC) = 1
ORDER BY stage, source;
