-- One row a company to or from which pending judgements move a company of the CRM: what it has there now.
CREATE OR REPLACE TEMP TABLE crm_now AS
WITH moved AS (
    SELECT
        crm.crm_key, coalesce(crm.lifecycle_stage IN ('customer', 'evangelist'), false) AS is_customer,
        CASE WHEN match.state = 'accepted' THEN match.company_id END AS before_id,
        CASE WHEN same.crm_id IS NOT NULL THEN same.company_id END AS after_id
    FROM people.mart.crm_company AS crm
    LEFT JOIN people.mart.match AS match ON match.crm_id = crm.crm_id
    LEFT JOIN judged_now AS same ON same.crm_id = crm.crm_id AND same.verdict = 'same'
    WHERE same.crm_id IS NOT NULL
        OR EXISTS (FROM judged_now AS one WHERE one.crm_id = crm.crm_id AND one.verdict = 'different' AND one.record_id = match.record_id)
),
side AS (
    SELECT before_id AS company_id, crm_key, false AS is_gained, false AS is_customer FROM moved
    WHERE before_id IS DISTINCT FROM after_id
    UNION ALL
    SELECT after_id, crm_key, true, is_customer FROM moved
)
SELECT
    company.company_id, bool_or(side.is_customer) AS is_customer, bool_or(side.is_gained) AS is_gained,
    list_sort(list_distinct(list_concat(
        list_filter(coalesce(any_value(company.crm_company_keys), []), lambda one: NOT list_contains(list(side.crm_key) FILTER (NOT is_gained), one)),
        list(side.crm_key) FILTER (is_gained)
    ))) AS crm_company_keys
FROM side
JOIN mart.company AS company ON company.company_id = side.company_id
GROUP BY company.company_id;
