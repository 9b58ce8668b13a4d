-- How many companies in business are there of each industry division (two digits), those without an industry as
-- unknown?
-- For: analyst.
SELECT
    coalesce(industry_scheme, 'unknown') AS scheme,
    coalesce(left(industry_code, 2), 'unknown') AS division,
    min(code.title) AS title,
    count(*) AS companies
FROM mart.company
LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = left(industry_code, 2)
WHERE status = 'active'
GROUP BY ALL
ORDER BY companies DESC, division;
