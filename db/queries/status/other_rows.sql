-- One row a source that states no companies: how many CRM records or rates are held of it. `rates` are the sources of rates.
WITH crm AS (
    SELECT crm_id FROM core.crm_company WHERE known_to IS NULL AND NOT is_closed
    UNION ALL
    SELECT crm_id FROM core.crm_contact WHERE known_to IS NULL AND NOT is_closed
    UNION ALL
    SELECT crm_id FROM core.crm_deal WHERE known_to IS NULL AND NOT is_closed
    UNION ALL
    SELECT crm_id FROM core.crm_owner WHERE known_to IS NULL AND NOT is_closed
)
SELECT split_part(crm_id, ':', 1) AS source, count(*) AS row_count
FROM crm
WHERE contains(crm_id, ':')
GROUP BY ALL
UNION ALL
SELECT unnest($rates), (SELECT count(*) FROM core.exchange_rate);
