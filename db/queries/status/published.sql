-- One row: what the published file says of itself.
SELECT schema_version, as_of, run_id FROM mart.meta;
