-- Opens one run in the log.
INSERT INTO core.run (run_id, command, stage, source, started_at, outcome)
VALUES ($run_id::UUID, $command, $stage, $source, $at, 'running');
