-- One row: of how many companies (of `$country`, where it is not null) each field is known.
SELECT
    count(*) AS companies, count(industry_code) AS industry, count(coalesce(employees_low, employees_high)) AS employees,
    count(revenue) AS revenue, count(website) AS website, count(phone) AS phone, count(street) AS street,
    count(municipality_code) AS municipality, count(founded_date) AS founded, count(coalesce(purpose, activity)) AS purpose,
    count(lei) AS lei, count(parent_company_id) AS parent, count(nullif(status, 'unknown')) AS status
FROM current_company
WHERE $country IS NULL OR country_code = $country;
