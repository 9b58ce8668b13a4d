-- Takes the decisions of `journal_rows` (as lent from data/journal) into core.decision, and their tombstones with them.
INSERT OR IGNORE INTO core.decision
SELECT decision_id::UUID, kind, decided_by, decided_at, why, base_version, payload::JSON, now()
FROM journal_rows;

INSERT OR IGNORE INTO core.tombstone
SELECT payload ->> 'scheme', payload ->> 'hmac', 'erasure', decided_at
FROM core.decision
WHERE kind = 'erasure';
