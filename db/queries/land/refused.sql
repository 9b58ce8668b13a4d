-- Keeps the roles or accounts that cannot be used (`refused`, lent), each with its reason; of persons nothing is in it.
INSERT INTO raw.reject (run_id, source, source_key, reason_code, reason, rejected_at)
SELECT $run_id, $source, source_key, reason_code, reason, $at FROM refused;
