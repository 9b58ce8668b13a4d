-- Whom of the CRM has nobody contacted for half a year, as far as the CRM knows? No date is unknown, not never.
-- For: SDR.
SELECT
    id_label, company.name, coalesce(owner.name, owner.email, owner_id) AS owner, last_contacted_date,
    CASE WHEN last_contacted_date IS NULL THEN 'unknown' ELSE 'over half a year ago' END AS contacted
FROM mart.company AS company
CROSS JOIN mart.meta AS meta
LEFT JOIN people.mart.owner AS owner USING (owner_id)
WHERE is_in_crm AND NOT is_customer AND status = 'active'
    AND (last_contacted_date IS NULL OR last_contacted_date < meta.as_of::DATE - INTERVAL 6 MONTH)
ORDER BY last_contacted_date NULLS LAST, id_label
LIMIT 100;
