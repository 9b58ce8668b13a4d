-- Where are the companies with 10 or more employees? Sure and possible ones apart: a withheld number may be below 10.
-- For: analyst.
SELECT
    country_code AS country,
    coalesce(municipality_name, 'unknown') AS municipality,
    count(*) FILTER (WHERE employees_low >= 10) AS ten_or_more,
    count(*) FILTER (WHERE coalesce(employees_low, 0) < 10 AND (employees_high >= 10 OR employees_high IS NULL)) AS unknown,
    count(*) AS companies
FROM mart.company
WHERE status = 'active'
GROUP BY ALL
ORDER BY ten_or_more DESC, companies DESC, municipality
LIMIT 50;
