-- One row a company that has a parent: the direct one (of several, by the standing of who states it).
CREATE OR REPLACE TEMP TABLE company_parent AS
SELECT
    child.company_id,
    arg_min(parent.company_id, (CASE record_link.kind WHEN 'parent' THEN 0 ELSE 1 END, source_standing.standing, parent.company_id)) AS parent_company_id,
    arg_min(record_link.source, (CASE record_link.kind WHEN 'parent' THEN 0 ELSE 1 END, source_standing.standing, parent.company_id)) AS parent_source
FROM record_link
JOIN core.company_member AS child ON child.record_id = record_link.record_id
JOIN core.company_member AS parent ON parent.record_id = record_link.target_record_id
LEFT JOIN source_standing ON source_standing.source = record_link.source
WHERE record_link.kind IN ('parent', 'branch_of', 'establishment_of') AND child.company_id <> parent.company_id
GROUP BY child.company_id;

-- One row a company that has a parent: the top of its group, by direct parents all the way up, then by the ultimate
-- parent that a source states. Parents that go round in a circle: the least id of the circle is the top.
CREATE OR REPLACE TEMP TABLE company_top AS
WITH RECURSIVE climb AS (
    SELECT company_id, [company_id, parent_company_id] AS path FROM company_parent
    UNION ALL
    SELECT climb.company_id, list_append(climb.path, company_parent.parent_company_id)
    FROM climb
    JOIN company_parent ON company_parent.company_id = climb.path[-1]
    WHERE NOT list_contains(climb.path[:-2], climb.path[-1])
),
highest AS (
    SELECT company_id, arg_max(path, length(path)) AS path FROM climb GROUP BY company_id
),
direct AS (
    SELECT
        company_id,
        CASE
            WHEN list_contains(path[:-2], path[-1]) THEN list_min(path[list_position(path, path[-1]):])
            ELSE path[-1]
        END AS top_company_id
    FROM highest
),
stated AS (
    SELECT child.company_id, arg_min(top.company_id, (source_standing.standing, top.company_id)) AS top_company_id
    FROM record_link
    JOIN core.company_member AS child ON child.record_id = record_link.record_id
    JOIN core.company_member AS top ON top.record_id = record_link.target_record_id
    LEFT JOIN source_standing ON source_standing.source = record_link.source
    WHERE record_link.kind = 'ultimate_parent'
    GROUP BY child.company_id
),
known AS (
    SELECT company_id FROM direct UNION SELECT company_id FROM stated
)
SELECT
    known.company_id,
    coalesce(above.top_company_id, own.top_company_id, direct.top_company_id) AS top_company_id
FROM known
LEFT JOIN direct USING (company_id)
LEFT JOIN stated AS own USING (company_id)
LEFT JOIN stated AS above ON above.company_id = direct.top_company_id;
