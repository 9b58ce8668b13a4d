-- Makes crm_deal_company: one row an open deal and a company that the CRM has, as the deal's keys say; where it has none,
-- the company of exactly a name in its semicolon list, case and spaces aside, if the CRM has one alone.
CREATE OR REPLACE TEMP TABLE crm_deal_company AS
WITH deal AS (
    SELECT crm_id, stage, coalesce(company_crm_keys, []) AS crm_keys, company_name
    FROM core.crm_deal
    WHERE known_to IS NULL AND NOT is_closed
),
company AS (
    SELECT crm_id AS company_crm_id, crm_key, lower(trim(regexp_replace(nfc_normalize(name), '\s+', ' ', 'g'))) AS folded
    FROM core.crm_company
    WHERE known_to IS NULL AND NOT is_closed
),
named AS (
    SELECT folded, any_value(company_crm_id) AS company_crm_id FROM company WHERE folded <> '' GROUP BY folded HAVING count(*) = 1
)
SELECT deal.crm_id, deal.stage, company.company_crm_id
FROM (SELECT crm_id, stage, unnest(crm_keys) AS crm_key FROM deal) AS deal
JOIN company USING (crm_key)
UNION
SELECT deal.crm_id, deal.stage, named.company_crm_id
FROM (SELECT crm_id, stage, unnest(string_split(company_name, ';')) AS name FROM deal WHERE len(crm_keys) = 0) AS deal
JOIN named ON named.folded = lower(trim(regexp_replace(nfc_normalize(deal.name), '\s+', ' ', 'g')));
