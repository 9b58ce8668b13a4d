-- Which companies of the CRM are bankrupt, winding up, dissolved or no longer in their register?
-- For: SDR.
SELECT id_label, company.name, status, status_date, is_customer, has_open_deal, coalesce(owner.name, owner.email, owner_id) AS owner
FROM mart.company AS company
LEFT JOIN people.mart.owner AS owner USING (owner_id)
WHERE is_in_crm AND status IN ('bankrupt', 'winding_up', 'dissolved', 'left_source')
UNION ALL
SELECT NULL, count(*) || ' companies of the CRM with no such entry', 'other', NULL, NULL, NULL, NULL
FROM mart.company
WHERE is_in_crm AND status NOT IN ('bankrupt', 'winding_up', 'dissolved', 'left_source')
ORDER BY id_label NULLS LAST;
