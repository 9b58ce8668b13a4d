-- Notes that a register was asked for the numbers in `asked` (lent), and what became of it. Of a person's number only its keyed
-- hash is kept: enough not to ask again.
CREATE OR REPLACE TEMP TABLE asked_number AS
SELECT source_key, hmac_of('organisation', organisation_of(upper(left($source, 2)), source_key)) AS hmac, outcome, is_person FROM asked;

DELETE FROM core.number_inquiry
WHERE source = $source AND source_key IN (SELECT unnest([source_key, hmac]) FROM asked_number);

INSERT INTO core.number_inquiry BY NAME
SELECT $source AS source, CASE WHEN is_person THEN hmac ELSE source_key END AS source_key, outcome, $at AS asked_at
FROM asked_number;
