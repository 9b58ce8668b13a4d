-- One row a reason of this run's rejects, with its count.
SELECT reason_code, count(*) AS count FROM raw.reject WHERE run_id = $run_id::UUID GROUP BY reason_code ORDER BY reason_code;
