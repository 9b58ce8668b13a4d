-- Lands who may sign for the entities `asked` (lent): `stated_mandate` (lent) is all that was answered of them.
DELETE FROM core.mandate WHERE record_id IN (SELECT record_id FROM asked);

INSERT INTO core.mandate BY NAME
SELECT *, $at AS asked_at FROM stated_mandate;
