-- Says which publication this is.
INSERT INTO mart.meta VALUES ($schema_version, now(), $run_id);
