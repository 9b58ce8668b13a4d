-- When a source was asked what it has under the numbers of a company, and what became of it: asked again when that is old.

-- One row a company and source that was asked about it.
CREATE TABLE core.knowledge_inquiry (
    record_id VARCHAR NOT NULL,         -- open: Anchor record of the company
    source VARCHAR NOT NULL,            -- internal: Source that was asked
    outcome VARCHAR NOT NULL,           -- internal: hit, no_data, blocked, timed_out, invalid_input or failed
    reason_code VARCHAR,                -- internal: Why it is nothing, or nothing that can be used
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When it last answered (UTC)
);

INSERT INTO core.retention VALUES
    ('core.knowledge_inquiry', 'When sources were asked about companies', 'open', NULL, 'delete');
