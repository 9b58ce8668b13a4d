-- Lets go of rejects that are older than core.retention says.
DELETE FROM raw.reject
WHERE rejected_at < now() - to_days((SELECT keep_days FROM core.retention WHERE place = 'raw.reject'));
