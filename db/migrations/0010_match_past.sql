-- What each piece of evidence saw, and the verdicts that were replaced: so that a verdict can be explained later too.
ALTER TABLE core.match_evidence ADD COLUMN base DOUBLE;
COMMENT ON COLUMN core.match_evidence.base IS 'internal: Bits of the candidate before anything was compared';
ALTER TABLE core.match_evidence ADD COLUMN model_version VARCHAR;
COMMENT ON COLUMN core.match_evidence.model_version IS 'internal: Version of the model that weighed it';
ALTER TABLE core.match_evidence ADD COLUMN crm_known_from TIMESTAMPTZ;
COMMENT ON COLUMN core.match_evidence.crm_known_from IS 'internal: Version of the CRM record that was compared: when we learnt it (UTC)';
ALTER TABLE core.match_evidence ADD COLUMN record_known_from TIMESTAMPTZ;
COMMENT ON COLUMN core.match_evidence.record_known_from IS 'internal: Version of the register record that was compared: when we learnt it (UTC)';

-- One row a verdict that a later one replaced, because it or what its best candidate was compared by was another.
CREATE TABLE core.match_past (
    crm_kind VARCHAR NOT NULL,          -- internal: company or contact
    crm_id VARCHAR NOT NULL,            -- internal: The CRM record
    state VARCHAR NOT NULL,             -- internal: accepted, review, ambiguous or none
    record_id VARCHAR,                  -- mixed: Best register record
    company_id UUID,                    -- open: Its company
    score DOUBLE,                       -- internal: Sum of the evidence's weights (log odds, base 2)
    probability DOUBLE,                 -- internal: 0-1, that the two are the same
    runner_up_company_id UUID,          -- open: Second best company
    runner_up_probability DOUBLE,       -- internal: 0-1, of the second best
    decided_by VARCHAR NOT NULL,        -- internal: model, judgement, or crm_link (contact through its CRM company)
    decision_id UUID,                   -- internal: The judgement, where one decided
    model_version VARCHAR NOT NULL,     -- internal: Version of the model
    matched_at TIMESTAMPTZ NOT NULL,    -- internal: When it was last made (UTC)
    replaced_at TIMESTAMPTZ NOT NULL    -- internal: When another took its place (UTC)
);

-- One row a comparison behind a verdict that was replaced; those of one verdict have its matched_at.
CREATE TABLE core.match_evidence_past (
    crm_kind VARCHAR NOT NULL,          -- internal: company or contact
    crm_id VARCHAR NOT NULL,            -- internal: The CRM record
    candidate_rank INTEGER NOT NULL,    -- internal: 1 = best candidate
    record_id VARCHAR NOT NULL,         -- mixed: The register record compared with
    company_id UUID,                    -- open: Its company
    probability DOUBLE NOT NULL,        -- internal: 0-1, of this candidate
    comparison VARCHAR NOT NULL,        -- internal: Name of the comparison
    outcome VARCHAR NOT NULL,           -- internal: Its outcome
    left_value VARCHAR,                 -- personal: Value in the CRM
    right_value VARCHAR,                -- mixed: Value in the register
    weight DOUBLE NOT NULL,             -- internal: Log odds, base 2; negative speaks against
    sentence VARCHAR NOT NULL,          -- internal: What a person reads
    base DOUBLE,                        -- internal: Bits of the candidate before anything was compared
    model_version VARCHAR,              -- internal: Version of the model that weighed it
    crm_known_from TIMESTAMPTZ,         -- internal: Version of the CRM record that was compared: when we learnt it (UTC)
    record_known_from TIMESTAMPTZ,      -- internal: Version of the register record that was compared: when we learnt it (UTC)
    matched_at TIMESTAMPTZ NOT NULL     -- internal: When the verdict was last made (UTC)
);

INSERT INTO core.retention VALUES
    ('core.match_past', 'Verdicts on CRM records that were replaced', 'personal', 730, 'delete'),
    ('core.match_evidence_past', 'Values compared for them', 'personal', 730, 'delete');
