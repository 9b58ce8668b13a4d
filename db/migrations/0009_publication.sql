-- What publications were made of, so that a refresh that brings nothing new has nothing to do.

-- One row a publication: of which state of the ledger, and with what beside it.
CREATE TABLE core.publication (
    run_id UUID PRIMARY KEY,            -- internal: Run that published
    begun_at TIMESTAMPTZ NOT NULL,      -- internal: What the ledger took in later is not in it (UTC)
    inputs_sha256 VARCHAR NOT NULL      -- internal: Hash of the configuration, versions and day that it was made with
);
