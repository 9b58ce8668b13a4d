-- Keeps rows that cannot be used, with the reason (`signal_reasons`, lent); nothing of what they say.
INSERT INTO raw.reject (run_id, source, source_key, reason_code, reason, rejected_at)
SELECT $run_id, $source, stated.source_key, stated.reject_code, reasons.reason, $at
FROM stated_signal AS stated
JOIN signal_reasons AS reasons ON reasons.code = stated.reject_code;
