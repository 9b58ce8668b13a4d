-- One row a source: its last run that brought or asked anything, and when it last went well.
SELECT
    source,
    arg_max(outcome, started_at) AS last_outcome,
    max(started_at) AS last_run_at,
    max(finished_at) FILTER (outcome IN ('ok', 'unchanged')) AS last_good_at
FROM core.run
WHERE source IS NOT NULL
GROUP BY source;
