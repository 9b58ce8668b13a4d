-- Who may sign for an entity: combinations of persons, whose names are roles of a group of their own.

ALTER TABLE core.role ADD COLUMN combination INTEGER;
COMMENT ON COLUMN core.role.combination IS 'personal: Number of the combination that signs together; null for roles proper';

-- One row a combination that may sign for an entity or has its procuration, or the answer that there is none to be told.
CREATE TABLE core.mandate (
    record_id VARCHAR NOT NULL,         -- mixed: The entity
    source VARCHAR NOT NULL,            -- internal: Source that states it
    kind VARCHAR NOT NULL,              -- open: signature or procuration
    state VARCHAR NOT NULL,             -- open: combination, in_words, none or not_told
    combination INTEGER,                -- open: Its number in this answer, from 1
    rule_code VARCHAR,                  -- open: Rule behind it, in the source's code list
    rule_text VARCHAR,                  -- open: What the code list calls the rule
    holder_count INTEGER NOT NULL,      -- open: How many sign together, those included whose names are withheld
    asked_at TIMESTAMPTZ                -- internal: When the register last answered (UTC); null where roles changed since
);

INSERT INTO core.retention VALUES
    ('core.mandate', 'Who may sign for entities', 'mixed', NULL, 'delete');
