-- What resolution among registers left for people to decide: made anew by every run, outlived by their judgements.

-- One row a pair of records of two registers that may be one company and were not joined.
CREATE TABLE core.resolution_review (
    left_id VARCHAR NOT NULL,           -- mixed: A record, of the more authoritative register where one is
    right_id VARCHAR NOT NULL,          -- mixed: The other record
    reason VARCHAR NOT NULL,            -- internal: Why they were not joined, for people
    probability DOUBLE NOT NULL,        -- internal: 0-1, that they are one company by all but their numbers
    run_id UUID NOT NULL                -- internal: Run that found them
);

COMMENT ON COLUMN core.company_member.linked_by IS
    'internal: Rule that put it there: first, identifier, duplicate (twice in one register), name_and_country, evidence or judgement';

INSERT INTO core.retention VALUES
    ('core.resolution_review', 'Pairs of register records that people may judge', 'mixed', NULL, 'rebuild');
