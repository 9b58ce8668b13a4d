-- One row a link from one record to another that we have: the other end's identifier is one of its identifiers. A branch
-- and a company of its name that state one number belong together too, though no source says so: two, in one group.
CREATE OR REPLACE TEMP TABLE record_link AS
WITH stated AS (
    SELECT DISTINCT record_id, kind, scheme, value, source
    FROM core.relation
    WHERE known_to IS NULL AND (effective_to IS NULL OR effective_to > current_date) AND NOT ends_with(kind, '_exception')
),
target AS (
    SELECT record_id, one.scheme AS scheme, one."value" AS value
    FROM (SELECT record_id, unnest(identifiers) AS one FROM latest_record)
    WHERE EXISTS (SELECT 1 FROM stated WHERE stated.scheme = one.scheme AND stated.value = one."value")
),
numbered AS (
    SELECT record_id, source, record_key.entity_kind, core_key, number.scheme, number.value
    FROM core.identifier AS number
    JOIN core.record_key AS record_key USING (record_id)
    WHERE number.scheme <> 'LEI'
)
SELECT stated.record_id, stated.kind, stated.source, target.record_id AS target_record_id
FROM stated
JOIN target USING (scheme, value)
WHERE stated.record_id <> target.record_id
UNION
SELECT branch.record_id, 'branch_of', branch.source, company.record_id
FROM numbered AS branch
JOIN numbered AS company USING (scheme, value)
WHERE branch.entity_kind = 'branch'
    AND company.entity_kind = 'legal_entity'
    AND company.source <> branch.source
    AND starts_with(branch.core_key, company.core_key);

-- One row a record about a natural person: a sole trader, its sub-units and its estate. An estate that no link and no
-- company form in its name ties to a company counts as a person's: a name too few is shown, never one too many.
CREATE OR REPLACE TEMP TABLE natural_record AS
WITH RECURSIVE natural_person AS (
    SELECT record_id FROM latest_record WHERE is_natural_person
    UNION
    SELECT record_link.record_id
    FROM natural_person
    JOIN record_link ON record_link.target_record_id = natural_person.record_id
    WHERE record_link.kind IN ('establishment_of', 'branch_of', 'succeeded_by')
)
SELECT record_id FROM natural_person
UNION
SELECT record_id
FROM latest_record
WHERE entity_kind = 'estate'
    AND record_id NOT IN (SELECT record_id FROM record_link)
    AND NOT regexp_matches(upper(name), '\b(AS|ASA|ANS|DA|SA|BA|NUF|KS|STIFTELSE|STIFTELSEN|FORENING|LAG|AB|OY|APS|A/S)\b');
