-- Notes that the entities `asked` (lent) were asked for their roles.
DELETE FROM core.role_inquiry WHERE record_id IN (SELECT record_id FROM asked);

INSERT INTO core.role_inquiry SELECT record_id, $at FROM asked;
