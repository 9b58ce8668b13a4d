-- How are the companies that fit spread over the owners in the CRM, by name? Those of nobody are
-- net-new or unassigned.
-- For: analyst.
SELECT
    icp,
    CASE WHEN owner_id IS NOT NULL THEN coalesce(owner.name, owner.email, owner_id) WHEN is_in_crm THEN 'in the CRM, unassigned' ELSE 'not in the CRM' END AS owner,
    count(*) FILTER (WHERE verdict = 'yes') AS fit,
    count(*) FILTER (WHERE verdict = 'maybe') AS may_fit
FROM mart.fit
JOIN mart.company USING (company_id)
LEFT JOIN people.mart.owner AS owner USING (owner_id)
GROUP BY ALL
ORDER BY icp, fit DESC, owner;
