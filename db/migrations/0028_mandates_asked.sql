-- When a register was asked who may sign, apart from what it said: an answer that never came takes nothing away.

-- One row an entity of which a register was asked who may sign.
CREATE TABLE core.mandate_inquiry (
    record_id VARCHAR NOT NULL,         -- open: The entity
    source VARCHAR NOT NULL,            -- internal: Source that was asked
    outcome VARCHAR NOT NULL,           -- internal: hit, no_data or failed
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When it was last asked (UTC)
);

-- where roles changed since it was asked, it is asked anew
INSERT INTO core.mandate_inquiry BY NAME
SELECT record_id, any_value(source) AS source, 'hit' AS outcome, min(asked_at) AS asked_at
FROM core.mandate
GROUP BY record_id
HAVING count(asked_at) = count(*);

INSERT INTO core.retention VALUES
    ('core.mandate_inquiry', 'When entities were asked about who may sign', 'open', NULL, 'delete');
