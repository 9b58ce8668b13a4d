-- One row a reason: how many rows cannot be used.
SELECT reject_code AS reason_code, count(*) AS count FROM stated_signal WHERE reject_code IS NOT NULL GROUP BY ALL;
