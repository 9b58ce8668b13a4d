-- When a register was asked for the roles of each entity: one that has no roles is not asked again in every refresh.

-- One row an entity whose roles were asked for.
CREATE TABLE core.role_inquiry (
    record_id VARCHAR NOT NULL,         -- mixed: The entity
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When the register last answered (UTC)
);

INSERT INTO core.role_inquiry
SELECT role.record_id, max(run.started_at)
FROM core.role AS role
JOIN core.run AS run ON run.run_id = role.run_id
WHERE role.known_to IS NULL
GROUP BY role.record_id;

INSERT INTO core.retention VALUES
    ('core.role_inquiry', 'When roles in entities were asked for', 'mixed', NULL, 'delete');
