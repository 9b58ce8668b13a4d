-- Takes the decisions of `journal_rows` (as lent from data/journal) into core.decision, with the tombstones of erasures
-- and the companies of exports.
INSERT OR IGNORE INTO core.decision
SELECT decision_id::UUID, kind, decided_by, decided_at, why, base_version, payload::JSON, now()
FROM journal_rows;

-- laid when it is folded, not when it was decided: what was published in between may still hold the erased
INSERT OR IGNORE INTO core.tombstone
SELECT payload ->> 'scheme', payload ->> 'hmac', 'erasure', now()
FROM core.decision
WHERE kind = 'erasure';

INSERT INTO core.export
SELECT
    export.decision_id, coalesce(member.company_id, one.company_id), payload ->> 'target', payload ->> 'file_name',
    payload ->> 'icp', decided_by, payload ->> 'handed_to', decided_at
FROM (
    SELECT
        decision_id::UUID AS decision_id, decided_by, decided_at, payload::JSON AS payload,
        unnest(from_json(payload::JSON -> 'companies', '[{"company_id": "UUID", "record_id": "VARCHAR"}]')) AS one
    FROM journal_rows
    WHERE kind = 'export'
) AS export
LEFT JOIN core.company_member AS member ON member.record_id = one.record_id;
