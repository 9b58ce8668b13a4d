-- Prepares what a search asks of the companies of the file being made (the current catalogue): `searched`, a view of them.
-- Columns that are asked together are one dimension: each combination of values that companies have is a row with a number,
-- and a company is a row of such numbers. A search judges the combinations, not the companies.
CREATE SCHEMA search;

-- One row a place that companies have; `code` counts from 0, `company_count` how many are there.
CREATE TABLE search.place AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT country_code, region_code, municipality_code, municipality_name, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a post town and postal code.
CREATE TABLE search.post AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT country_code, postal_code, city, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a set of industry codes.
CREATE TABLE search.industry AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT industry_code, industry_scheme, industries, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a range of the number of employees.
CREATE TABLE search.size AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT employees_low, employees_high, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a pair of dates on which companies began.
CREATE TABLE search.age AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT founded_date, registered_date, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a legal form and sector.
CREATE TABLE search.form AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT legal_form_code, legal_form_scheme, sector_code, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a combination of what the rules of a search judge by, and whose the company is.
CREATE TABLE search.standing AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (
    SELECT
        is_natural_person, entity_kind, status, is_marketing_protected, is_customer, has_open_deal, is_customer_group, is_in_crm,
        last_contacted_date, last_exported_at, mark, mark_until, owner_id,
        count(*) AS company_count
    FROM searched
    GROUP BY ALL
);

-- One row a combination of having a website or not, by which sources.
CREATE TABLE search.site AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (
    -- of the address itself nothing is asked but whether there is one
    SELECT CASE WHEN website IS NOT NULL THEN '' END AS website, CASE WHEN domain IS NOT NULL THEN '' END AS domain, sources, count(*) AS company_count
    FROM searched
    GROUP BY ALL
);

-- One row a combination of dated events, with what says whether they are the company's own and all of them are known.
CREATE TABLE search.event AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT signals, country_code, industry_code, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row an amount of revenue with its day and currency.
CREATE TABLE search.money AS
SELECT (row_number() OVER () - 1)::UINTEGER AS code, *
FROM (SELECT revenue, revenue_currency, revenue_date, revenue_eur, revenue_rate_date, count(*) AS company_count FROM searched GROUP BY ALL);

-- One row a company, in the order in which companies of equal fit are shown; `number` is its row in the table of companies.
CREATE TABLE search.company AS
SELECT
    number, place.code AS place, post.code AS post, industry.code AS industry, size.code AS size, age.code AS age, form.code AS form,
    standing.code AS standing, site.code AS site, event.code AS event, money.code AS money,
    purpose IS NOT NULL OR activity IS NOT NULL AS has_text
FROM searched
JOIN search.place AS place
    ON place.country_code IS NOT DISTINCT FROM searched.country_code AND place.region_code IS NOT DISTINCT FROM searched.region_code
    AND place.municipality_code IS NOT DISTINCT FROM searched.municipality_code AND place.municipality_name IS NOT DISTINCT FROM searched.municipality_name
JOIN search.post AS post
    ON post.country_code IS NOT DISTINCT FROM searched.country_code AND post.postal_code IS NOT DISTINCT FROM searched.postal_code
    AND post.city IS NOT DISTINCT FROM searched.city
JOIN search.industry AS industry
    ON industry.industry_code IS NOT DISTINCT FROM searched.industry_code AND industry.industry_scheme IS NOT DISTINCT FROM searched.industry_scheme
    AND industry.industries IS NOT DISTINCT FROM searched.industries
JOIN search.size AS size
    ON size.employees_low IS NOT DISTINCT FROM searched.employees_low AND size.employees_high IS NOT DISTINCT FROM searched.employees_high
JOIN search.age AS age
    ON age.founded_date IS NOT DISTINCT FROM searched.founded_date AND age.registered_date IS NOT DISTINCT FROM searched.registered_date
JOIN search.form AS form
    ON form.legal_form_code IS NOT DISTINCT FROM searched.legal_form_code AND form.legal_form_scheme IS NOT DISTINCT FROM searched.legal_form_scheme
    AND form.sector_code IS NOT DISTINCT FROM searched.sector_code
JOIN search.standing AS standing
    ON standing.is_natural_person IS NOT DISTINCT FROM searched.is_natural_person AND standing.entity_kind IS NOT DISTINCT FROM searched.entity_kind
    AND standing.status IS NOT DISTINCT FROM searched.status AND standing.is_marketing_protected IS NOT DISTINCT FROM searched.is_marketing_protected
    AND standing.is_customer IS NOT DISTINCT FROM searched.is_customer AND standing.has_open_deal IS NOT DISTINCT FROM searched.has_open_deal
    AND standing.is_customer_group IS NOT DISTINCT FROM searched.is_customer_group AND standing.is_in_crm IS NOT DISTINCT FROM searched.is_in_crm
    AND standing.last_contacted_date IS NOT DISTINCT FROM searched.last_contacted_date
    AND standing.last_exported_at IS NOT DISTINCT FROM searched.last_exported_at AND standing.mark IS NOT DISTINCT FROM searched.mark
    AND standing.mark_until IS NOT DISTINCT FROM searched.mark_until AND standing.owner_id IS NOT DISTINCT FROM searched.owner_id
JOIN search.site AS site
    ON site.website IS NOT DISTINCT FROM CASE WHEN searched.website IS NOT NULL THEN '' END
    AND site.domain IS NOT DISTINCT FROM CASE WHEN searched.domain IS NOT NULL THEN '' END AND site.sources IS NOT DISTINCT FROM searched.sources
JOIN search.event AS event
    ON event.signals IS NOT DISTINCT FROM searched.signals AND event.country_code IS NOT DISTINCT FROM searched.country_code
    AND event.industry_code IS NOT DISTINCT FROM searched.industry_code
JOIN search.money AS money
    ON money.revenue IS NOT DISTINCT FROM searched.revenue AND money.revenue_currency IS NOT DISTINCT FROM searched.revenue_currency
    AND money.revenue_date IS NOT DISTINCT FROM searched.revenue_date AND money.revenue_eur IS NOT DISTINCT FROM searched.revenue_eur
    AND money.revenue_rate_date IS NOT DISTINCT FROM searched.revenue_rate_date
ORDER BY searched.employees_low DESC NULLS LAST, searched.name, searched.company_id;
