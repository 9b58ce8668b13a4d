-- One row a thing that the warehouse holds, and how many there are now.
SELECT 'source records of ' || source AS thing, count(*) AS count
FROM core.source_record
WHERE known_to IS NULL AND NOT is_closed
GROUP BY source
UNION ALL
SELECT 'companies', count(*) FROM core.company
UNION ALL
SELECT 'CRM companies', count(*) FROM core.crm_company WHERE known_to IS NULL AND NOT is_closed
UNION ALL
SELECT 'CRM contacts', count(*) FROM core.crm_contact WHERE known_to IS NULL AND NOT is_closed
UNION ALL
SELECT 'CRM deals', count(*) FROM core.crm_deal WHERE known_to IS NULL AND NOT is_closed
UNION ALL
SELECT 'CRM owners', count(*) FROM core.crm_owner WHERE known_to IS NULL AND NOT is_closed
UNION ALL
SELECT 'CRM records matched: ' || state, count(*) FROM core.match GROUP BY state
UNION ALL
SELECT 'rejected rows', count(*) FROM raw.reject
ORDER BY thing;
