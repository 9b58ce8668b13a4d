-- Works out what the decisions change that the published file does not know yet. `journal_rows` (lent) is the whole
-- journal, `pending_rows` (lent) the ids that are new: only what these touch is laid over the file.
CREATE OR REPLACE TEMP TABLE journal_decision AS
SELECT
    decision_id, kind, decided_by, decided_at, why, payload::JSON AS payload,
    CASE kind
        WHEN 'suppression' THEN payload::JSON ->> '$.scheme' || ':' || (payload::JSON ->> '$.hmac')
        WHEN 'erasure' THEN payload::JSON ->> '$.scheme' || ':' || (payload::JSON ->> '$.hmac')
        WHEN 'edit' THEN payload::JSON ->> '$.record_id' || ' ' || (payload::JSON ->> '$.field')
        WHEN 'list' THEN payload::JSON ->> '$.record_id' || ' ' || (payload::JSON ->> '$.list')
        WHEN 'judgement' THEN payload::JSON ->> '$.record_id' || ' ' || (payload::JSON ->> '$.crm_id')
        ELSE payload::JSON ->> '$.record_id'
    END AS subject
FROM journal_rows;

CREATE OR REPLACE TEMP TABLE touched_decision AS
WITH undone AS (
    SELECT payload ->> '$.decision_id' AS decision_id, decision_id AS undone_by FROM journal_decision WHERE kind = 'undo'
),
touched AS (
    SELECT kind, subject FROM journal_decision SEMI JOIN pending_rows USING (decision_id) WHERE kind <> 'undo'
    UNION
    SELECT kind, subject
    FROM journal_decision
    JOIN undone USING (decision_id)
    WHERE undone_by IN (SELECT decision_id FROM pending_rows)
),
-- for each touched subject the latest decision that stands; none, where all were undone
standing AS (
    SELECT kind, subject, payload, decision_id
    FROM journal_decision
    WHERE decision_id NOT IN (SELECT decision_id FROM undone)
    QUALIFY row_number() OVER (PARTITION BY kind, subject ORDER BY decision_id DESC) = 1
)
SELECT touched.kind, touched.subject, split_part(touched.subject, ' ', 1) AS record_id, standing.payload, standing.decision_id
FROM touched
LEFT JOIN standing USING (kind, subject);

CREATE OR REPLACE TEMP TABLE taken_back_export AS
SELECT payload ->> '$.decision_id' AS decision_id
FROM journal_decision
SEMI JOIN pending_rows USING (decision_id)
WHERE kind = 'undo';

CREATE OR REPLACE TEMP TABLE held_back AS
SELECT payload ->> '$.scheme' AS scheme, payload ->> '$.hmac' AS hmac, CASE kind WHEN 'erasure' THEN 'erased' ELSE 'suppressed' END AS rule
FROM touched_decision
WHERE kind = 'erasure' OR (kind = 'suppression' AND NOT (payload ->> '$.lifted')::BOOLEAN);

-- The same of every decision that stands, those that the file knows too: a pending edit may set what one of them holds back.
CREATE OR REPLACE TEMP TABLE held_back_ever AS
WITH latest AS (
    SELECT kind, payload
    FROM journal_decision
    WHERE kind IN ('suppression', 'erasure')
        AND decision_id NOT IN (SELECT payload ->> '$.decision_id' FROM journal_decision WHERE kind = 'undo')
    QUALIFY row_number() OVER (PARTITION BY kind, subject ORDER BY decision_id DESC) = 1
)
SELECT payload ->> '$.scheme' AS scheme, payload ->> '$.hmac' AS hmac, CASE kind WHEN 'erasure' THEN 'erased' ELSE 'suppressed' END AS rule
FROM latest
WHERE kind = 'erasure' OR NOT (payload ->> '$.lifted')::BOOLEAN;

CREATE OR REPLACE TEMP TABLE touched_company AS
SELECT DISTINCT company_id, record_id
FROM (
    SELECT company_id, unnest(record_ids) AS record_id
    FROM mart.company
    WHERE EXISTS (SELECT 1 FROM touched_decision WHERE kind IN ('mark', 'edit', 'judgement', 'list'))
)
SEMI JOIN (SELECT record_id FROM touched_decision WHERE kind IN ('mark', 'edit', 'judgement', 'list')) USING (record_id);

-- One row a judgement that stands; of several that a CRM record is the same as something, the latest.
CREATE OR REPLACE TEMP TABLE judged_now AS
SELECT company_id, record_id, split_part(subject, ' ', 2) AS crm_id, payload ->> '$.verdict' AS verdict
FROM touched_decision
LEFT JOIN touched_company USING (record_id)
WHERE kind = 'judgement' AND payload IS NOT NULL
QUALIFY verdict <> 'same' OR row_number() OVER (PARTITION BY crm_id, verdict ORDER BY decision_id DESC) = 1;
