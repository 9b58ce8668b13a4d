-- When a register that answers for one number at a time was asked for each: one that it does not know is not asked for in
-- every refresh.

-- One row a number of a company that a register was asked for.
CREATE TABLE core.number_inquiry (
    source VARCHAR NOT NULL,            -- internal: Source that was asked
    source_key VARCHAR NOT NULL,        -- mixed: The number
    outcome VARCHAR NOT NULL,           -- internal: hit or no_data
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When it answered (UTC)
);

INSERT INTO core.retention VALUES
    ('core.number_inquiry', 'When registers were asked for numbers', 'mixed', NULL, 'delete');
