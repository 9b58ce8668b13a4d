-- What people decided. Written to the journal first (data/journal), folded in here by the next writer, never changed.

-- One row a decision: judgement, edit, mark, suppression, list membership, erasure, or the undoing of one.
CREATE TABLE core.decision (
    decision_id UUID PRIMARY KEY,       -- internal: UUIDv7 given when it was made: folding twice changes nothing
    kind VARCHAR NOT NULL,              -- internal: judgement, edit, mark, suppression, list, erasure or undo
    decided_by VARCHAR NOT NULL,        -- staff: Who, as configured
    decided_at TIMESTAMPTZ NOT NULL,    -- internal: When (UTC)
    why VARCHAR,                        -- internal: Reason given
    base_version VARCHAR,               -- internal: Run or published version that the person saw
    payload JSON NOT NULL,              -- internal: The decision itself; its keys by kind are in db/journal.py
    folded_at TIMESTAMPTZ NOT NULL      -- internal: When it entered the warehouse (UTC)
);

-- One row a keyed tombstone: what was erased or withdrawn, so that it does not come back. Holds no clear text.
CREATE TABLE core.tombstone (
    scheme VARCHAR NOT NULL,            -- internal: record, email, phone, domain, person or organisation
    hmac VARCHAR NOT NULL,              -- internal: Keyed HMAC-SHA256, key outside the warehouse
    reason VARCHAR NOT NULL,            -- internal: erasure, or gone (withdrawn by the source)
    laid_at TIMESTAMPTZ NOT NULL,       -- internal: When (UTC)
    PRIMARY KEY (scheme, hmac)
);

-- One row a company that left in an export: when, to whom, in which file.
CREATE TABLE core.export (
    export_id UUID NOT NULL,            -- internal: UUIDv7 of the export
    company_id UUID NOT NULL,           -- open: Company that left
    target VARCHAR NOT NULL,            -- internal: csv or hubspot
    file_name VARCHAR NOT NULL,         -- internal: File written
    icp VARCHAR,                        -- internal: ICP and its version
    exported_by VARCHAR NOT NULL,       -- staff: Who
    handed_to VARCHAR,                  -- staff: Owner it was handed to
    exported_at TIMESTAMPTZ NOT NULL    -- internal: When (UTC)
);

-- One row a place where a byte can lie, and for how long.
CREATE TABLE core.retention (
    place VARCHAR PRIMARY KEY,          -- internal: Table or folder
    holds VARCHAR NOT NULL,             -- internal: What lies there, for people
    privacy VARCHAR NOT NULL,           -- internal: Highest privacy class in it
    keep_days INTEGER,                  -- internal: Days; null = as long as the record itself
    erase_by VARCHAR NOT NULL           -- internal: How erasure reaches it: delete, redact, rebuild, rewrite or expire
);

INSERT INTO core.retention VALUES
    ('core.source_record', 'Versions of register records, sole traders included', 'personal', NULL, 'delete'),
    ('core.relation', 'Links between register records', 'mixed', NULL, 'delete'),
    ('core.role', 'Roles of persons in entities', 'personal', NULL, 'delete'),
    ('core.account', 'Accounts of register records', 'open', NULL, 'delete'),
    ('core.signal', 'Dated events about register records', 'open', 730, 'delete'),
    ('core.change', 'Field changes of register records', 'mixed', NULL, 'delete'),
    ('core.company_member', 'Which records are one company', 'mixed', NULL, 'delete'),
    ('core.crm_company', 'Versions of CRM companies', 'personal', NULL, 'delete'),
    ('core.crm_contact', 'Versions of CRM contacts', 'personal', NULL, 'delete'),
    ('core.crm_deal', 'Versions of CRM deals', 'internal', NULL, 'delete'),
    ('core.crm_owner', 'Versions of CRM owners', 'staff', NULL, 'delete'),
    ('core.decision', 'Decisions of people', 'staff', NULL, 'redact'),
    ('core.export', 'What left, when, to whom', 'staff', 1095, 'delete'),
    ('core.match', 'Verdicts on CRM records', 'personal', NULL, 'rebuild'),
    ('core.match_evidence', 'Values compared for each verdict', 'personal', NULL, 'rebuild'),
    ('core.company', 'Golden records', 'mixed', NULL, 'rebuild'),
    ('raw.reject', 'Rows that could not be used', 'personal', 30, 'delete'),
    ('data/landing', 'Files as received, redacted', 'personal', 30, 'delete'),
    ('data/rejects', 'Reject files of imports', 'personal', 30, 'delete'),
    ('data/journal', 'Decisions as written', 'staff', NULL, 'redact'),
    ('data/published', 'Files for readers', 'personal', 7, 'rebuild'),
    ('data/backups', 'Copies made before a migration', 'personal', 30, 'rewrite'),
    ('data/exports', 'Files handed out by `export`', 'personal', 90, 'delete');
