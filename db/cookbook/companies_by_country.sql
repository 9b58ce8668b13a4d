-- How many companies are there of each country, and of how many is it known that they are in business?
-- For: analyst.
SELECT
    coalesce(country_code, 'unknown') AS country,
    count(*) AS companies,
    count(*) FILTER (WHERE status = 'active') AS active,
    count(*) FILTER (WHERE coalesce(status, 'unknown') IN ('unknown', 'left_source')) AS unknown_status
FROM mart.company
GROUP BY ALL
ORDER BY companies DESC, country;
