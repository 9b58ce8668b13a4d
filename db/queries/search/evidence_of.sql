-- One row a company of `$ids` and a column of it that is no fact of one record: who says so, where and when. Accounts, its own site, parents.
WITH asked AS (
    SELECT * FROM mart.company WHERE company_id IN (SELECT unnest($ids::UUID[]))
),
told AS (
    SELECT account.company_id, unnest(['revenue', 'revenue_growth_1y', 'revenue_growth_3y']) AS field, account.source, NULL AS url,
        account.known_from AS stated_at
    FROM mart.account AS account
    JOIN asked ON asked.company_id = account.company_id AND asked.revenue_date = account.period_to
    WHERE account.kind = 'company'
    UNION ALL
    SELECT account.company_id, unnest(['employees_growth_1y', 'employees_growth_3y']), account.source, NULL, account.known_from
    FROM mart.account AS account
    JOIN asked ON asked.company_id = account.company_id AND asked.employees_growth_date = account.period_to
    WHERE account.kind = 'company'
    UNION ALL
    SELECT company_id, 'technologies', source, url, fetched_at FROM mart.site SEMI JOIN asked USING (company_id)
    UNION ALL
    SELECT company_id, unnest(['is_subsidiary', 'has_parent', 'group_size_low']), parent_source, NULL, last_known_at
    FROM asked
    WHERE parent_source IS NOT NULL
)
SELECT told.company_id::VARCHAR AS company_id, told.field, coalesce(source.title, told.source) AS source, told.url, told.stated_at
FROM told
LEFT JOIN mart.source AS source ON source.name = told.source
ORDER BY told.company_id, told.field, told.stated_at DESC;
