-- How far a CRM was pulled by its API: what the next pull asks for follows from it.

-- One row a pull of one kind of record.
CREATE TABLE core.crm_pull (
    source VARCHAR NOT NULL,             -- internal: Source, as in sources/crm
    portal VARCHAR NOT NULL,             -- internal: Account that the token belongs to
    kind VARCHAR NOT NULL,               -- internal: companies, contacts, deals or owners
    import_id UUID,                      -- internal: Import that took it in; null where nothing had changed
    pulled_at TIMESTAMPTZ NOT NULL,      -- internal: When (UTC)
    modified_until TIMESTAMPTZ NOT NULL, -- internal: The CRM's own clock when it began: what changed from then on is still to come (UTC)
    is_whole BOOLEAN NOT NULL,           -- internal: Every record was asked for, not only those changed
    asked_sha256 VARCHAR NOT NULL        -- internal: Hash of what was asked of a record and how it is read
);
