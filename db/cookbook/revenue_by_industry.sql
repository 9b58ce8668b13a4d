-- What do companies of an industry division turn over, in euro, by their latest accounts? How many of them have told
-- is beside it.
-- For: analyst.
SELECT
    country_code AS country, coalesce(industry_scheme, 'unknown') AS scheme, coalesce(left(industry_code, 2), 'unknown') AS division,
    min(code.title) AS title, count(*) AS companies, count(revenue_eur) AS told, round(median(revenue_eur)) AS median_eur,
    round(sum(revenue_eur)) AS sum_of_told_eur
FROM mart.company
LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = left(industry_code, 2)
WHERE status = 'active'
GROUP BY ALL
ORDER BY told DESC, companies DESC, division;
