-- One row a company of the same group, nearest first: its parent, the top, those it owns, and the rest.
SELECT
    other.company_id::VARCHAR AS company_id, other.id_label, other.name,
    CASE
        WHEN other.company_id = one.parent_company_id THEN 'parent'
        WHEN other.parent_company_id = one.company_id THEN 'subsidiary'
        WHEN other.company_id = one.top_company_id THEN 'top of the group'
        ELSE 'same group'
    END AS relation,
    count(*) OVER () AS in_all
FROM current_company AS one
JOIN current_company AS other
    ON other.company_id <> one.company_id
    AND (other.top_company_id = one.top_company_id OR other.company_id = one.parent_company_id OR other.parent_company_id = one.company_id)
WHERE one.company_id = $company_id::UUID
ORDER BY relation = 'parent' DESC, relation = 'top of the group' DESC, relation = 'subsidiary' DESC, other.name, other.company_id
LIMIT $limit;
