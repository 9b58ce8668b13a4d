-- Marks runs of processes that ended without a word; gives their number.
CREATE OR REPLACE TEMP TABLE dead_run AS SELECT run_id FROM core.run WHERE outcome = 'running';

UPDATE core.run SET outcome = 'failed', finished_at = $at, message = 'the process ended before the run did; nothing of it was kept'
WHERE run_id IN (SELECT run_id FROM dead_run);

SELECT count(*) FROM dead_run;
