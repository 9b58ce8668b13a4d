-- One row a company that a CRM record was accepted as: what the team has with it. After crm/deal_company.
CREATE OR REPLACE TEMP TABLE crm_side AS
WITH accepted AS (
    SELECT match.crm_kind, match.crm_id, coalesce(member.company_id, match.company_id) AS company_id
    FROM core.match AS match
    LEFT JOIN core.company_member AS member USING (record_id)
    WHERE state = 'accepted'
),
record AS (
    SELECT accepted.company_id, crm_id, crm_key, owner_id, lifecycle_stage, last_contacted_date, true AS is_company, coalesce(modified_at, known_from) AS said_at
    FROM core.crm_company JOIN accepted USING (crm_id)
    WHERE accepted.crm_kind = 'company' AND known_to IS NULL AND NOT is_closed
    UNION ALL
    SELECT accepted.company_id, NULL, NULL, owner_id, lifecycle_stage, last_contacted_date, false, coalesce(modified_at, known_from)
    FROM core.crm_contact JOIN accepted USING (crm_id)
    WHERE accepted.crm_kind = 'contact' AND known_to IS NULL AND NOT is_closed
),
deal AS (
    SELECT record.company_id, bool_or(stage = 'won') AS has_won_deal, bool_or(stage = 'open') AS has_open_deal
    FROM crm_deal_company AS deal
    JOIN record ON record.crm_id = deal.company_crm_id
    GROUP BY record.company_id
)
SELECT
    record.company_id,
    coalesce(bool_or(lifecycle_stage IN ('customer', 'evangelist')), false) OR coalesce(bool_or(has_won_deal), false) AS is_customer,
    coalesce(bool_or(has_open_deal), false) AS has_open_deal,
    list_sort(list_distinct(list(crm_key) FILTER (crm_key IS NOT NULL))) AS crm_company_keys,
    arg_max(owner_id, (is_company, said_at, owner_id)) FILTER (owner_id IS NOT NULL) AS owner_id,
    max(last_contacted_date) AS last_contacted_date
FROM record
LEFT JOIN deal USING (company_id)
GROUP BY record.company_id;

-- One row a company that somebody marked or that left in an export that nobody took back.
CREATE OR REPLACE TEMP TABLE team_side AS
WITH exported AS (
    SELECT company_id, max(exported_at) AS last_exported_at FROM core.export
    WHERE export_id NOT IN (SELECT (payload ->> 'decision_id')::UUID FROM core.decision WHERE kind = 'undo')
    GROUP BY company_id
)
SELECT company_id, mark, mark_until, last_exported_at
FROM (SELECT * FROM core.current_mark QUALIFY row_number() OVER (PARTITION BY company_id ORDER BY decision_id DESC) = 1)
FULL JOIN exported USING (company_id);

-- One row a company that has a customer in its group: another one, and how many.
CREATE OR REPLACE TEMP TABLE customer_group AS
WITH customer AS (
    SELECT company_id FROM crm_side WHERE is_customer
    UNION
    SELECT company_id FROM team_side WHERE mark = 'customer'
),
topped AS (
    SELECT company_id, coalesce(top_company_id, company_id) AS top_company_id
    FROM customer LEFT JOIN company_top USING (company_id)
)
SELECT top_company_id, list(company_id) AS customers FROM topped GROUP BY top_company_id;
