-- How many companies are there of each size? A range of employees that reaches over several bands, or no number, is
-- unknown.
-- For: analyst.
SELECT
    CASE
        WHEN employees_low = 0 AND employees_high = 0 THEN '0'
        WHEN employees_low >= 1 AND employees_high <= 9 THEN '1-9'
        WHEN employees_low >= 10 AND employees_high <= 49 THEN '10-49'
        WHEN employees_low >= 50 AND employees_high <= 249 THEN '50-249'
        WHEN employees_low >= 250 THEN '250 or more'
        ELSE 'unknown'
    END AS employees,
    count(*) AS companies,
    count(*) FILTER (WHERE employees_state = 'withheld') AS number_withheld
FROM mart.company
WHERE status = 'active'
GROUP BY ALL
ORDER BY min(employees_low) NULLS LAST;
