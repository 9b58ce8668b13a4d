-- The contract of people.duckdb beside the tables that have the columns of their namesakes in core.

-- One row: which publication this is.
CREATE TABLE mart.meta (
    schema_version INTEGER NOT NULL,    -- internal: Version of this contract
    as_of TIMESTAMPTZ NOT NULL,         -- internal: When it was published (UTC)
    run_id UUID NOT NULL                -- internal: Run that published it
);
