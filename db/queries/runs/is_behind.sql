-- Whether something was landed or imported after the last publication began.
SELECT coalesce(
    max(finished_at) FILTER (stage IN ('refresh', 'import') AND outcome = 'ok')
        > coalesce(max(started_at) FILTER (stage = 'publish' AND outcome = 'ok'), '-infinity'::TIMESTAMPTZ),
    false
)
FROM core.run;
