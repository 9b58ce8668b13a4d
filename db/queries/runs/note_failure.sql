-- Logs an attempt of a source that failed before anything of it was to land; nothing where a run since $started_at says so.
INSERT INTO core.run (run_id, command, stage, source, started_at, finished_at, outcome, message)
SELECT $run_id::UUID, 'refresh', 'refresh', $source, $started_at, $at, 'failed', $message
WHERE NOT EXISTS (FROM core.run WHERE source = $source AND outcome = 'failed' AND started_at >= $started_at);
