-- What each verdict was made of, as digests: a later run passes over a record of the CRM of which nothing is another by then.

-- One row a CRM record with a verdict of its own (not one of its CRM company).
CREATE TABLE core.match_digest (
    crm_kind VARCHAR NOT NULL,          -- internal: company or contact
    crm_id VARCHAR NOT NULL,            -- internal: The CRM record
    stated UBIGINT NOT NULL,            -- personal: Digest of what it states, of the standing judgements on it, and of the rules of deciding
    reference UBIGINT NOT NULL,         -- internal: Digest of all register records when its candidates were last looked for
    candidates UBIGINT NOT NULL         -- internal: Digest of those candidates and all that they are compared by; 0 = none
);

INSERT INTO core.retention VALUES
    ('core.match_digest', 'Digests of what verdicts on CRM records were made of', 'personal', NULL, 'rebuild');
