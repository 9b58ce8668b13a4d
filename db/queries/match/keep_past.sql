-- Keeps of match_before what was replaced: another verdict, or another outcome or value compared with the best candidate.
-- A weight alone is no reason: those of words change with every register delivery.
CREATE OR REPLACE TEMP TABLE match_replaced AS
WITH compared AS (
    SELECT 'before' AS made, crm_kind, crm_id, comparison, outcome, left_value, right_value
    FROM match_evidence_before
    WHERE candidate_rank = 1
    UNION ALL
    SELECT 'now', crm_kind, crm_id, comparison, outcome, left_value, right_value
    FROM core.match_evidence
    WHERE candidate_rank = 1 AND (crm_kind, crm_id) IN (SELECT (crm_kind, crm_id) FROM match_before)
),
changed AS (
    SELECT crm_kind, crm_id
    FROM compared
    GROUP BY crm_kind, crm_id, comparison, outcome, left_value, right_value
    HAVING count(DISTINCT made) = 1
)
SELECT
    before.crm_kind, before.crm_id, before.matched_at,
    -- a contact's CRM company may have had its verdict long before the contact came to it
    CASE WHEN now.decided_by = 'crm_link' THEN now() ELSE now.matched_at END AS replaced_at
FROM match_before AS before
JOIN core.match AS now ON now.crm_kind = before.crm_kind AND now.crm_id = before.crm_id
WHERE (before.state, before.record_id, before.company_id, before.decided_by, before.decision_id)
    IS DISTINCT FROM (now.state, now.record_id, now.company_id, now.decided_by, now.decision_id)
    OR (before.crm_kind, before.crm_id) IN (SELECT (crm_kind, crm_id) FROM changed);

INSERT INTO core.match_past BY NAME
SELECT before.*, replaced.replaced_at
FROM match_before AS before
JOIN match_replaced AS replaced USING (crm_kind, crm_id);

-- what came out as before stands since then
UPDATE core.match AS now
SET stands_from = coalesce(before.stands_from, before.matched_at)
FROM match_before AS before
WHERE before.crm_kind = now.crm_kind AND before.crm_id = now.crm_id
    AND (before.crm_kind, before.crm_id) NOT IN (SELECT (crm_kind, crm_id) FROM match_replaced);

INSERT INTO core.match_evidence_past BY NAME
SELECT before.*, replaced.matched_at
FROM match_evidence_before AS before
JOIN match_replaced AS replaced USING (crm_kind, crm_id);

DROP TABLE match_before;
DROP TABLE match_evidence_before;
DROP TABLE match_replaced;
