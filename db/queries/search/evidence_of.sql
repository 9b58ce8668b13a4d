-- One row a column of one company that is no fact of one record: who says so, where and when. Accounts, its own site, parents.
WITH one AS (
    SELECT * FROM mart.company WHERE company_id = $company_id::UUID
),
told AS (
    SELECT unnest(['revenue', 'revenue_growth_1y', 'revenue_growth_3y']) AS field, account.source, NULL AS url, account.known_from AS stated_at
    FROM mart.account AS account
    JOIN one ON one.company_id = account.company_id AND one.revenue_date = account.period_to
    WHERE account.kind = 'company' AND account.company_id = $company_id::UUID
    UNION ALL
    SELECT unnest(['employees_growth_1y', 'employees_growth_3y']), account.source, NULL, account.known_from
    FROM mart.account AS account
    JOIN one ON one.company_id = account.company_id AND one.employees_growth_date = account.period_to
    WHERE account.kind = 'company' AND account.company_id = $company_id::UUID
    UNION ALL
    SELECT 'technologies', source, url, fetched_at FROM mart.site WHERE company_id = $company_id::UUID
    UNION ALL
    SELECT unnest(['is_subsidiary', 'has_parent', 'group_size_low']), parent_source, NULL, last_known_at FROM one WHERE parent_source IS NOT NULL
)
SELECT told.field, coalesce(source.title, told.source) AS source, told.url, told.stated_at
FROM told
LEFT JOIN mart.source AS source ON source.name = told.source
ORDER BY told.field, told.stated_at DESC;
