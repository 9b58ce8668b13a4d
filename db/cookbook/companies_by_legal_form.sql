-- How many companies are there of each legal form, with its title in the source's language?
-- For: analyst.
SELECT
    coalesce(country_code, 'unknown') AS country,
    coalesce(legal_form_code, 'unknown') AS legal_form,
    code.title,
    count(*) AS companies
FROM mart.company
LEFT JOIN mart.code AS code ON code.scheme = legal_form_scheme AND code.code = legal_form_code
GROUP BY ALL
ORDER BY companies DESC, legal_form;
