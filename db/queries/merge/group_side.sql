-- One row a company of whose group something is known: how many companies of it we know, and whether a source says that
-- it has a parent, or that it has none. Why a parent is not told is not that there is none, but for two of the reasons.
CREATE OR REPLACE TEMP TABLE company_group AS
WITH part AS (  -- what belongs to a company without being one
    SELECT DISTINCT member.company_id
    FROM core.record_key AS record_key
    JOIN core.company_member AS member USING (record_id)
    WHERE record_key.entity_kind IN ('establishment', 'branch')
),
counted AS (
    SELECT top_company_id, count(*) + 1 AS size
    FROM company_top
    ANTI JOIN part ON part.company_id = company_top.company_id
    WHERE company_top.company_id <> top_company_id
    GROUP BY top_company_id
),
sized AS (
    SELECT company_id, size FROM company_top JOIN counted USING (top_company_id)
    UNION
    SELECT top_company_id, size FROM counted
),
reason AS (
    SELECT
        member.company_id,
        bool_or(relation.value = 'NO_LEI') AS is_owned,
        any_value(relation.source) AS source,
        bool_or(relation.value IN ('NATURAL_PERSONS', 'NO_KNOWN_PERSON')) AS is_nobodys
    FROM core.relation AS relation
    JOIN core.company_member AS member USING (record_id)
    WHERE relation.known_to IS NULL AND relation.kind = 'parent_exception'
    GROUP BY member.company_id
)
SELECT company_id, sized.size, coalesce(reason.is_owned, false) AS is_owned, coalesce(reason.is_nobodys, false) AS is_nobodys, reason.source
FROM sized
FULL JOIN reason USING (company_id);
