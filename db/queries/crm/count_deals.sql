-- The number of open and won deals, and of those of them that belong to no company of the CRM; after crm/deal_company.
SELECT count(*) AS deal_count, count(*) FILTER (crm_id NOT IN (SELECT crm_id FROM crm_deal_company)) AS homeless_count
FROM core.crm_deal
WHERE known_to IS NULL AND NOT is_closed AND stage IN ('open', 'won');
