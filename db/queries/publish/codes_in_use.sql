-- Counts the codes and places that the companies of a companies file have, so that an ICP can be checked at once.

-- One row a code or place that companies have, by the criterion of an ICP that asks for it.
CREATE TABLE mart.code_in_use (
    kind VARCHAR NOT NULL,              -- open: country, region, municipality, postal_prefix, industry, legal_form or sector
    scheme VARCHAR,                     -- open: Code list of industries and legal forms; country of regions and municipalities
    code VARCHAR NOT NULL,              -- open: The code; for postal_prefix a postal code
    title VARCHAR,                      -- open: Its title in the source's language
    company_count BIGINT NOT NULL       -- open: Companies that have it
);

INSERT INTO mart.code_in_use
WITH found AS (
    SELECT 'country' AS kind, NULL AS scheme, country_code AS code, NULL AS title FROM mart.company
    UNION ALL
    SELECT 'region', country_code, region_code, NULL FROM mart.company
    UNION ALL
    SELECT 'region', country_code, place_region, NULL FROM mart.company
    UNION ALL
    SELECT 'municipality', country_code, municipality_code, municipality_name FROM mart.company
    UNION ALL
    SELECT 'municipality', country_code, place_municipality, NULL FROM mart.company
    UNION ALL
    -- where a register states no municipality, a town of its name answers
    SELECT 'municipality', country_code, city, NULL FROM mart.company WHERE coalesce(municipality_code, municipality_name, place_municipality) IS NULL
    UNION ALL
    SELECT 'postal_prefix', NULL, postal_code, NULL FROM mart.company
    UNION ALL
    SELECT 'industry', one.scheme, one.code, NULL FROM (SELECT unnest(industries) AS one FROM mart.company)
    UNION ALL
    SELECT 'legal_form', legal_form_scheme, legal_form_code, NULL FROM mart.company
    UNION ALL
    SELECT 'sector', NULL, sector_code, NULL FROM mart.company
),
counted AS (
    SELECT kind, scheme, code, min(title) AS title, count(*) AS company_count
    FROM found
    WHERE code IS NOT NULL
    GROUP BY kind, scheme, code
)
SELECT counted.kind, counted.scheme, counted.code, coalesce(counted.title, code.title), counted.company_count
FROM counted
LEFT JOIN mart.code AS code ON code.scheme = counted.scheme AND code.code = counted.code
ORDER BY ALL;
