-- Notes what a publication was made of.
INSERT INTO core.publication VALUES ($run_id::UUID, $begun_at, $inputs);
