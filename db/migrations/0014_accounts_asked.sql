-- When a register was asked for the accounts of each entity and what became of it: asked again when newer ones are filed.

-- One row an entity whose accounts were asked for.
CREATE TABLE core.account_inquiry (
    record_id VARCHAR NOT NULL,         -- open: The entity
    source VARCHAR NOT NULL,            -- internal: Source that was asked
    outcome VARCHAR NOT NULL,           -- internal: hit, no_data or failed
    filed_year INTEGER,                 -- open: Year of the latest accounts filed, as known when it was asked
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When it last answered (UTC)
);

INSERT INTO core.retention VALUES
    ('core.account_inquiry', 'When accounts of entities were asked for', 'open', NULL, 'delete');
