-- One row a company whose own accounts can be compared with those of one or three years before: years of about twelve
-- months in one currency, as shares of what was then (0.2 = a fifth more). Growth from nothing is not told.
CREATE OR REPLACE TEMP TABLE company_growth AS
WITH year AS (
    SELECT member.company_id, account.period_to, account.currency, account.revenue, account.average_employees
    FROM core.account AS account
    JOIN core.company_member AS member USING (record_id)
    WHERE account.known_to IS NULL
        AND account.kind = 'company'
        AND (account.period_from IS NULL OR account.period_to - account.period_from BETWEEN 350 AND 380)
    QUALIFY row_number() OVER (PARTITION BY member.company_id, account.period_to ORDER BY account.known_from DESC, account.record_id) = 1
),
revenue AS (
    SELECT now.company_id, now.period_to, ago.years, any_value((now.revenue / ago.revenue)::DOUBLE - 1) AS growth
    FROM (SELECT * FROM year WHERE revenue IS NOT NULL QUALIFY row_number() OVER (PARTITION BY company_id ORDER BY period_to DESC) = 1) AS now
    JOIN (SELECT *, unnest([1, 3]) AS years FROM year WHERE revenue > 0) AS ago
        ON ago.company_id = now.company_id
        AND ago.currency = now.currency
        AND ago.period_to BETWEEN now.period_to - to_years(ago.years) - INTERVAL 20 DAY AND now.period_to - to_years(ago.years) + INTERVAL 20 DAY
    -- the revenue that is shown is of these accounts
    JOIN company_revenue ON company_revenue.company_id = now.company_id AND company_revenue.revenue_date = now.period_to
    GROUP BY ALL
),
employees AS (
    SELECT now.company_id, now.period_to, ago.years, any_value((now.average_employees / ago.average_employees)::DOUBLE - 1) AS growth
    FROM (SELECT * FROM year WHERE average_employees IS NOT NULL QUALIFY row_number() OVER (PARTITION BY company_id ORDER BY period_to DESC) = 1) AS now
    JOIN (SELECT *, unnest([1, 3]) AS years FROM year WHERE average_employees > 0) AS ago
        ON ago.company_id = now.company_id
        AND ago.period_to BETWEEN now.period_to - to_years(ago.years) - INTERVAL 20 DAY AND now.period_to - to_years(ago.years) + INTERVAL 20 DAY
    GROUP BY ALL
)
SELECT
    company_id,
    any_value(revenue.growth) FILTER (revenue.years = 1) AS revenue_growth_1y,
    any_value(revenue.growth) FILTER (revenue.years = 3) AS revenue_growth_3y,
    any_value(employees.growth) FILTER (employees.years = 1) AS employees_growth_1y,
    any_value(employees.growth) FILTER (employees.years = 3) AS employees_growth_3y,
    any_value(employees.period_to) AS employees_growth_date
FROM revenue
FULL JOIN employees USING (company_id, years)
GROUP BY company_id;
