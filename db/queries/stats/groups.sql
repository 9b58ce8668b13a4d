-- One row a country, status, size or industry division of the companies (of `$country`, where it is not null): how many
-- are in it for sure, and how many may be. A null label is unknown.
WITH company AS (
    SELECT country_code, status, employees_low, employees_high, industry_scheme, left(industry_code, 2) AS division
    FROM current_company
    WHERE $country IS NULL OR country_code = $country
),
band AS (
    SELECT * FROM (VALUES ('0', 0, 0), ('1-9', 1, 9), ('10-49', 10, 49), ('50-249', 50, 249), ('250 or more', 250, NULL)) AS one (label, low, high)
),
sized AS (
    SELECT
        band.label, band.low,
        company.employees_low >= band.low AND (band.high IS NULL OR coalesce(company.employees_high <= band.high, false)) AS is_sure
    FROM company
    JOIN band
        ON coalesce(company.employees_low, 0) <= coalesce(band.high, 2147483647)
        AND coalesce(company.employees_high, 2147483647) >= band.low
    WHERE company.employees_low IS NOT NULL OR company.employees_high IS NOT NULL
),
found AS (
    SELECT 'country' AS kind, country_code AS label, NULL AS title, count(*) AS companies, 0 AS maybe, -count(*) AS place
    FROM company GROUP BY country_code
    UNION ALL
    SELECT 'status', nullif(status, 'unknown'), NULL, count(*), 0, -count(*) FROM company GROUP BY ALL
    UNION ALL
    SELECT 'employees', label, NULL, count(*) FILTER (WHERE is_sure), count(*) FILTER (WHERE NOT coalesce(is_sure, false)), low
    FROM sized GROUP BY label, low
    UNION ALL
    SELECT 'employees', NULL, NULL, count(*), 0, 0 FROM company WHERE employees_low IS NULL AND employees_high IS NULL
    UNION ALL
    SELECT 'industry', industry_scheme || ' ' || division, min(code.title), count(*), 0, -count(*)
    FROM company
    LEFT JOIN mart.code AS code ON code.scheme = industry_scheme AND code.code = division
    GROUP BY industry_scheme, division
)
SELECT kind, label, title, companies, maybe
FROM found
WHERE companies + maybe > 0
ORDER BY kind, label IS NULL, place, label;
