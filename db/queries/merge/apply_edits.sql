-- Lets the edits of people win over every source, and says so in other_origins ('edit:<decision_id>').
CREATE OR REPLACE TEMP TABLE edited AS
SELECT
    company_id,
    max(value) FILTER (field = 'name') AS name,
    max(value) FILTER (field = 'website') AS website,
    max(domain) FILTER (field = 'website') AS domain,
    max(value) FILTER (field = 'phone') AS phone,
    max(value) FILTER (field = 'street') AS street,
    max(value) FILTER (field = 'postal_code') AS postal_code,
    max(value) FILTER (field = 'city') AS city,
    max(value) FILTER (field = 'municipality_code') AS municipality_code,
    max(value) FILTER (field = 'country_code') AS country_code,
    max(value) FILTER (field = 'legal_form_code') AS legal_form_code,
    max(value) FILTER (field = 'industry_code') AS industry_code,
    max(value) FILTER (field = 'employees') AS employees,
    max(value) FILTER (field = 'founded_date')::DATE AS founded_date,
    max(value) FILTER (field = 'purpose') AS purpose,
    map_from_entries(list({'k': field, 'v': 'edit:' || decision_id})) AS origins
FROM (
    SELECT company_id, field, value, decision_id, payload ->> 'domain' AS domain
    FROM core.current_edit
    JOIN core.decision USING (decision_id)
    QUALIFY row_number() OVER (PARTITION BY company_id, field ORDER BY decision_id DESC) = 1
)
GROUP BY company_id;

UPDATE core.company AS company
SET
    name = coalesce(edited.name, company.name),
    website = coalesce(edited.website, company.website),
    domain = CASE WHEN edited.website IS NULL THEN company.domain ELSE edited.domain END,
    phone = coalesce(edited.phone, company.phone),
    street = coalesce(edited.street, company.street),
    postal_code = coalesce(edited.postal_code, company.postal_code),
    city = coalesce(edited.city, company.city),
    municipality_code = coalesce(edited.municipality_code, company.municipality_code),
    -- the name and region of the municipality before would contradict its new number
    municipality_name = CASE WHEN edited.municipality_code IS NULL THEN company.municipality_name END,
    region_code = CASE
        WHEN edited.municipality_code IS NULL THEN company.region_code
        WHEN coalesce(edited.country_code, company.country_code) = 'NO' THEN left(edited.municipality_code, 2)
    END,
    country_code = coalesce(edited.country_code, company.country_code),
    legal_form_code = coalesce(edited.legal_form_code, company.legal_form_code),
    industry_code = coalesce(edited.industry_code, company.industry_code),
    industry_title = CASE
        WHEN edited.industry_code IS NULL THEN company.industry_title
        ELSE (SELECT min(title) FROM core.code WHERE scheme = company.industry_scheme AND code = edited.industry_code)
    END,
    industries = CASE
        WHEN edited.industry_code IS NULL THEN company.industries
        ELSE list_prepend(
            {'code': edited.industry_code, 'scheme': company.industry_scheme, 'rank': 1},
            list_filter(company.industries, lambda one: one.rank <> 1)
        )
    END,
    employees_low = CASE WHEN edited.employees IS NULL THEN company.employees_low ELSE split_part(edited.employees, '-', 1)::BIGINT END,
    employees_high = CASE WHEN edited.employees IS NULL THEN company.employees_high ELSE nullif(split_part(edited.employees, '-', 2), '')::BIGINT END,
    employees_state = CASE
        WHEN edited.employees IS NULL THEN company.employees_state
        WHEN split_part(edited.employees, '-', 1) = split_part(edited.employees, '-', 2) THEN 'exact'
        ELSE 'band'
    END,
    employees_date = CASE WHEN edited.employees IS NULL THEN company.employees_date END,
    founded_date = coalesce(edited.founded_date, company.founded_date),
    purpose = coalesce(edited.purpose, company.purpose),
    other_origins = map_concat(coalesce(company.other_origins, MAP {}), edited.origins)
FROM edited
WHERE edited.company_id = company.company_id;
