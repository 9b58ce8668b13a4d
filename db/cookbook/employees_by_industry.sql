-- How many people work in each industry division, at least and at most? Companies without an upper end make the most
-- unknown.
-- For: analyst.
SELECT
    coalesce(industry_scheme, 'unknown') AS scheme,
    coalesce(left(industry_code, 2), 'unknown') AS division,
    min(code.title) AS title,
    count(*) AS companies,
    sum(coalesce(employees_low, 0)) AS employees_at_least,
    CASE WHEN count(*) = count(employees_high) THEN sum(employees_high) END AS employees_at_most,
    count(*) - count(employees_high) AS companies_without_upper_end
FROM mart.company
LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = left(industry_code, 2)
WHERE status = 'active'
GROUP BY ALL
ORDER BY employees_at_least DESC, division;
