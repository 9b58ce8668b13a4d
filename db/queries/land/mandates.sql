-- Lands who may sign: `stated_mandate` (lent) is all that was answered, of the kinds in `asked` (lent). `unanswered` (lent) are
-- kinds that the source had no answer to: what is known of those stays, and where nothing is, that is "not told".
-- `inquiry` (lent) is what became of asking.
DELETE FROM core.mandate WHERE (record_id, kind) IN (SELECT (record_id, kind) FROM asked);

INSERT INTO core.mandate BY NAME
SELECT *, $at AS asked_at FROM stated_mandate;

INSERT INTO core.mandate BY NAME
SELECT record_id, $source AS source, kind, 'not_told' AS state, 0 AS holder_count, $at AS asked_at
FROM unanswered
WHERE (record_id, kind) NOT IN (SELECT (record_id, kind) FROM core.mandate);

DELETE FROM core.mandate_inquiry WHERE record_id IN (SELECT record_id FROM inquiry);

INSERT INTO core.mandate_inquiry BY NAME
SELECT record_id, $source AS source, outcome, $at AS asked_at FROM inquiry;
