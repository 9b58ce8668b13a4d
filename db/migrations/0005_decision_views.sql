-- What people's decisions amount to today: the latest of each wins, undone ones never were, and what names a record
-- follows that record through merges and splits of companies.

-- One row a decision that still counts: not an undo, and not undone.
CREATE VIEW core.standing_decision (
    decision_id,                        -- internal: The decision
    kind,                               -- internal: judgement, edit, mark, suppression, list or erasure
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why,                                -- internal: Reason given
    payload                             -- internal: The decision itself
) AS
SELECT decision_id, kind, decided_by, decided_at, why, payload
FROM core.decision
WHERE kind <> 'undo'
    AND decision_id NOT IN (SELECT (payload ->> 'decision_id')::UUID FROM core.decision WHERE kind = 'undo');

-- One row a pair of CRM record and register record that somebody judged: same, different or unsure.
CREATE VIEW core.current_judgement (
    crm_id,                             -- internal: The CRM record
    record_id,                          -- mixed: The register record
    verdict,                            -- internal: same, different or unsure
    decision_id,                        -- internal: The judgement
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why                                 -- internal: Reason given
) AS
SELECT payload ->> 'crm_id', payload ->> 'record_id', payload ->> 'verdict', decision_id, decided_by, decided_at, why
FROM core.standing_decision
WHERE kind = 'judgement'
QUALIFY row_number() OVER (PARTITION BY payload ->> 'crm_id', payload ->> 'record_id' ORDER BY decision_id DESC) = 1;

-- One row a field of a company that somebody set; an edit wins until it is taken back.
CREATE VIEW core.current_edit (
    company_id,                         -- open: The company as of today
    record_id,                          -- mixed: Its anchor when it was edited
    field,                              -- open: Field
    value,                              -- mixed: Value
    decision_id,                        -- internal: The edit
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why                                 -- internal: Reason given
) AS
WITH latest AS (
    SELECT *
    FROM core.standing_decision
    WHERE kind = 'edit'
    QUALIFY row_number() OVER (PARTITION BY payload ->> 'record_id', payload ->> 'field' ORDER BY decision_id DESC) = 1
)
SELECT
    coalesce(member.company_id, (latest.payload ->> 'company_id')::UUID), latest.payload ->> 'record_id',
    latest.payload ->> 'field', latest.payload ->> 'value', latest.decision_id, latest.decided_by, latest.decided_at,
    latest.why
FROM latest
LEFT JOIN core.company_member AS member ON member.record_id = latest.payload ->> 'record_id'
WHERE latest.payload ->> 'value' IS NOT NULL;

-- One row a company that somebody marked.
CREATE VIEW core.current_mark (
    company_id,                         -- open: The company as of today
    record_id,                          -- mixed: Its anchor when it was marked
    mark,                               -- internal: customer, competitor, partner, not-a-fit or snoozed
    mark_until,                         -- internal: End of a snooze
    decision_id,                        -- internal: The marking
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why                                 -- internal: Reason given
) AS
WITH latest AS (
    SELECT *
    FROM core.standing_decision
    WHERE kind = 'mark'
    QUALIFY row_number() OVER (PARTITION BY payload ->> 'record_id' ORDER BY decision_id DESC) = 1
)
SELECT
    coalesce(member.company_id, (latest.payload ->> 'company_id')::UUID), latest.payload ->> 'record_id',
    latest.payload ->> 'mark', (latest.payload ->> 'until')::DATE, latest.decision_id, latest.decided_by,
    latest.decided_at, latest.why
FROM latest
LEFT JOIN core.company_member AS member ON member.record_id = latest.payload ->> 'record_id'
WHERE latest.payload ->> 'mark' <> 'none';

-- One row an address, phone, domain, person or organisation that must not be contacted; a keyed HMAC, no clear text.
CREATE VIEW core.current_suppression (
    scheme,                             -- internal: email, phone, domain, person or organisation
    hmac,                               -- internal: Keyed HMAC-SHA256 of the scheme and the normalised value
    decision_id,                        -- internal: The suppression
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why                                 -- internal: Reason given
) AS
WITH latest AS (
    SELECT *
    FROM core.standing_decision
    WHERE kind = 'suppression'
    QUALIFY row_number() OVER (PARTITION BY payload ->> 'scheme', payload ->> 'hmac' ORDER BY decision_id DESC) = 1
)
SELECT payload ->> 'scheme', payload ->> 'hmac', decision_id, decided_by, decided_at, why
FROM latest
WHERE NOT (payload ->> 'lifted')::BOOLEAN;

-- One row a company on a list.
CREATE VIEW core.current_list (
    list_name,                          -- internal: Name of the list
    company_id,                         -- open: The company as of today
    record_id,                          -- mixed: Its anchor when it was added
    decision_id,                        -- internal: The addition
    decided_by,                         -- staff: Who
    decided_at,                         -- internal: When (UTC)
    why                                 -- internal: Reason given
) AS
WITH latest AS (
    SELECT *
    FROM core.standing_decision
    WHERE kind = 'list'
    QUALIFY row_number() OVER (PARTITION BY payload ->> 'list', payload ->> 'record_id' ORDER BY decision_id DESC) = 1
)
SELECT
    latest.payload ->> 'list', coalesce(member.company_id, (latest.payload ->> 'company_id')::UUID),
    latest.payload ->> 'record_id', latest.decision_id, latest.decided_by, latest.decided_at, latest.why
FROM latest
LEFT JOIN core.company_member AS member ON member.record_id = latest.payload ->> 'record_id'
WHERE (latest.payload ->> 'member')::BOOLEAN;
