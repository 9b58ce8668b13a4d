-- Notes that a register was asked for the numbers in `asked` (lent), and what became of it.
DELETE FROM core.number_inquiry WHERE source = $source AND source_key IN (SELECT source_key FROM asked);

INSERT INTO core.number_inquiry BY NAME
SELECT $source AS source, source_key, outcome, $at AS asked_at FROM asked;
