-- Lands the roles of the entities `asked` (lent); `stated_role` (lent) are all that these have now: roles proper, or of
-- `$is_mandate` those of who signs, which are asked for apart and end neither; of these only the kinds asked. A role that is no longer stated ends, a new
-- one begins, and one that stays is noted as brought by this run.
CREATE OR REPLACE TEMP TABLE kept_role AS
SELECT role.rowid AS kept_row, stated.stated_row
FROM core.role AS role
JOIN (SELECT *, row_number() OVER () AS stated_row FROM stated_role) AS stated
    ON role.record_id = stated.record_id
    AND row(role.role_code, role.group_code, role.holder_kind, role.holder_name, role.holder_scheme, role.holder_value,
        role.elected_by_code, role.position, role.has_resigned, role.changed_date, role.combination)
    IS NOT DISTINCT FROM
    row(stated.role_code, stated.group_code, stated.holder_kind, stated.holder_name, stated.holder_scheme, stated.holder_value,
        stated.elected_by_code, stated.position, stated.has_resigned, stated.changed_date, stated.combination)
WHERE role.known_to IS NULL;

UPDATE core.role SET run_id = $run_id WHERE rowid IN (SELECT kept_row FROM kept_role);

UPDATE core.role SET known_to = $at
WHERE
    known_to IS NULL
    AND (combination IS NOT NULL) = $is_mandate
    AND CASE
        WHEN $is_mandate THEN (record_id, group_code) IN (SELECT (record_id, kind) FROM asked)
        ELSE record_id IN (SELECT record_id FROM asked)
    END
    AND rowid NOT IN (SELECT kept_row FROM kept_role);

INSERT INTO core.role BY NAME
SELECT * EXCLUDE (stated_row), $run_id AS run_id, $at AS known_from
FROM (SELECT *, row_number() OVER () AS stated_row FROM stated_role)
WHERE stated_row NOT IN (SELECT stated_row FROM kept_role);
