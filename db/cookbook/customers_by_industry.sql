-- In which industry divisions are customers over-represented, among the companies of that country? Few customers
-- prove little.
-- For: analyst.
WITH counted AS (
    SELECT
        country_code, coalesce(industry_scheme, 'unknown') AS scheme, coalesce(left(industry_code, 2), 'unknown') AS division,
        min(code.title) AS title,
        count(*) AS companies, count(*) FILTER (WHERE is_customer) AS customers
    FROM mart.company
    LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = left(industry_code, 2)
    GROUP BY ALL
)
SELECT
    country_code AS country, scheme, division, title, customers, companies,
    round((customers / sum(customers) OVER of_country) / (companies / sum(companies) OVER of_country), 2) AS times_expected
FROM counted
WINDOW of_country AS (PARTITION BY country_code)
QUALIFY customers > 0
ORDER BY customers DESC, division;
