-- Of how many companies is each field known, per country? What is not known is not "no".
-- For: analyst.
SELECT country, unnest(['industry', 'employees', 'website', 'phone', 'founded', 'revenue', 'lei']) AS field,
    unnest([industry, employees, website, phone, founded, revenue, lei]) AS known, companies,
    round(100 * known / companies, 1) AS percent
FROM (
    SELECT
        coalesce(country_code, 'unknown') AS country, count(*) AS companies, count(industry_code) AS industry,
        count(coalesce(employees_low, employees_high)) AS employees, count(website) AS website, count(phone) AS phone,
        count(founded_date) AS founded, count(revenue) AS revenue, count(lei) AS lei
    FROM mart.company
    GROUP BY ALL
)
ORDER BY country, known DESC;
