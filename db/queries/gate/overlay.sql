-- Lays the pending decisions over the companies file: who is held back now, marks, edits, customers.
CREATE OR REPLACE TEMP TABLE withheld_now AS
SELECT * FROM held_companies('mart.company');

-- One row a company whose own site's description is held back now, for a person whom it names or for its domain.
CREATE OR REPLACE TEMP TABLE undescribed_now AS
SELECT * FROM held_descriptions('mart.company');

CREATE OR REPLACE TEMP TABLE marked_now AS
SELECT company_id, nullif(payload ->> '$.mark', 'none') AS mark, (payload ->> '$.until')::DATE AS mark_until
FROM touched_decision
JOIN touched_company USING (record_id)
WHERE kind = 'mark';

CREATE OR REPLACE TEMP TABLE customer_now AS
SELECT company.company_id, company.top_company_id
FROM mart.company AS company
JOIN marked_now USING (company_id)
WHERE marked_now.mark = 'customer'
UNION
SELECT company.company_id, company.top_company_id
FROM mart.company AS company
JOIN crm_now USING (company_id)
WHERE crm_now.is_customer;

CREATE OR REPLACE TEMP TABLE grouped_now AS
SELECT DISTINCT company.company_id
FROM mart.company AS company
JOIN customer_now ON customer_now.top_company_id = company.top_company_id AND customer_now.company_id <> company.company_id;

-- One row a company that ever left: the latest time that stands, and whether a pending decision took one back.
CREATE OR REPLACE TEMP TABLE exported_now AS
SELECT
    one.company_id, max(decided_at) FILTER (NOT is_undone) AS exported_at,
    bool_or(decision_id IN (SELECT decision_id FROM taken_back_export)) AS is_taken_back
FROM (
    SELECT
        decision_id, decided_at, unnest(from_json(payload -> 'companies', '[{"company_id": "UUID"}]')) AS one,
        decision_id IN (SELECT payload ->> '$.decision_id' FROM journal_decision WHERE kind = 'undo') AS is_undone
    FROM journal_decision
    WHERE kind = 'export'
)
GROUP BY one.company_id;

-- A value where somebody set one; where somebody took an edit back, what the records say (the anchor before others).
CREATE OR REPLACE TEMP TABLE edited_now AS
WITH said AS (
    SELECT company_id, split_part(subject, ' ', 2) AS field, payload ->> '$.value' AS value
    FROM touched_decision
    JOIN touched_company USING (record_id)
    WHERE kind = 'edit'
    UNION ALL
    SELECT company_id, 'domain', payload ->> '$.domain'
    FROM touched_decision
    JOIN touched_company USING (record_id)
    WHERE kind = 'edit' AND split_part(subject, ' ', 2) = 'website'
),
stated AS (
    SELECT
        fact.company_id, CASE WHEN fact.field IN ('employees_low', 'employees_high') THEN 'employees' ELSE fact.field END AS field,
        CASE fact.field WHEN 'employees_low' THEN fact.value || '-' WHEN 'employees_high' THEN '-' || fact.value ELSE fact.value END AS value,
        fact.record_id, fact.field AS part
    FROM mart.fact AS fact
    WHERE fact.company_id IN (SELECT company_id FROM said WHERE value IS NULL) AND fact.source <> 'team'
),
restored AS (
    SELECT stated.company_id, stated.field, replace(string_agg(stated.value, '' ORDER BY part DESC), '--', '-') AS value
    FROM stated
    JOIN mart.company AS company USING (company_id)
    JOIN said ON said.company_id = stated.company_id AND said.field = stated.field AND said.value IS NULL
    GROUP BY stated.company_id, stated.field, stated.record_id, company.anchor_record_id
    QUALIFY row_number() OVER (PARTITION BY stated.company_id, stated.field ORDER BY stated.record_id = company.anchor_record_id DESC, stated.record_id) = 1
),
settled AS (
    SELECT company_id, field, value, true AS is_edit FROM said WHERE value IS NOT NULL
    UNION ALL
    SELECT said.company_id, said.field, restored.value, false
    FROM said
    LEFT JOIN restored USING (company_id, field)
    WHERE said.value IS NULL
)
SELECT company_id, map_from_entries(list({'k': field, 'v': value})) AS fields FROM settled GROUP BY company_id;

INSERT INTO withheld_now
WITH said AS (
    SELECT company_id, unnest(['domain', 'phone']) AS scheme, fields[scheme] AS value FROM edited_now
)
SELECT company_id, min(rule)
FROM said
JOIN held_back_ever USING (scheme)
WHERE hmac_of(scheme, value) = hmac AND company_id NOT IN (SELECT company_id FROM withheld_now)
GROUP BY company_id;

CREATE OR REPLACE TEMP TABLE titled_now AS
SELECT company_id, min(code.title) AS title
FROM edited_now
JOIN mart.company AS company USING (company_id)
JOIN mart.code AS code ON code.scheme = company.industry_scheme AND code.code = fields['industry_code']
GROUP BY company_id;

-- A company without an edit has no map, and a map that is null contains neither yes nor no.
CREATE OR REPLACE TEMP MACRO is_edited(fields, field) AS coalesce(map_contains(fields, field), false);

CREATE OR REPLACE TEMP MACRO set_now(fields, field, published) AS
    CASE WHEN is_edited(fields, field) THEN fields[field] ELSE published END;

-- A company that somebody moved lies where the next publication finds it: until then nobody knows where, and not where it was.
CREATE OR REPLACE TEMP MACRO unless_moved(fields, municipality_code, city, country_code, placed) AS CASE
    WHEN is_edited(fields, 'municipality_code') AND fields['municipality_code'] IS DISTINCT FROM municipality_code THEN NULL
    WHEN is_edited(fields, 'city') AND fields['city'] IS DISTINCT FROM city THEN NULL
    WHEN is_edited(fields, 'country_code') AND fields['country_code'] IS DISTINCT FROM country_code THEN NULL
    ELSE placed
END;

-- Only joins: a subquery for each company keeps every column of all of them in memory, and millions do not fit.
CREATE OR REPLACE TEMP VIEW current_company AS
SELECT
    company.* REPLACE (
        set_now(fields, 'name', company.name) AS name,
        set_now(fields, 'website', company.website) AS website,
        set_now(fields, 'domain', company.domain) AS domain,
        set_now(fields, 'phone', company.phone) AS phone,
        set_now(fields, 'street', company.street) AS street,
        set_now(fields, 'postal_code', company.postal_code) AS postal_code,
        set_now(fields, 'city', company.city) AS city,
        set_now(fields, 'municipality_code', company.municipality_code) AS municipality_code,
        CASE WHEN NOT is_edited(fields, 'municipality_code') OR fields['municipality_code'] = company.municipality_code THEN company.municipality_name END AS municipality_name,
        CASE
            WHEN NOT is_edited(fields, 'municipality_code') THEN company.region_code
            WHEN set_now(fields, 'country_code', company.country_code) = 'NO' THEN left(fields['municipality_code'], 2)
        END AS region_code,
        set_now(fields, 'country_code', company.country_code) AS country_code,
        unless_moved(fields, company.municipality_code, company.city, company.country_code, company.place_name) AS place_name,
        unless_moved(fields, company.municipality_code, company.city, company.country_code, company.place_region) AS place_region,
        unless_moved(fields, company.municipality_code, company.city, company.country_code, company.place_municipality) AS place_municipality,
        unless_moved(fields, company.municipality_code, company.city, company.country_code, company.latitude) AS latitude,
        unless_moved(fields, company.municipality_code, company.city, company.country_code, company.longitude) AS longitude,
        set_now(fields, 'legal_form_code', company.legal_form_code) AS legal_form_code,
        set_now(fields, 'industry_code', company.industry_code) AS industry_code,
        CASE
            WHEN NOT is_edited(fields, 'industry_code') THEN company.industry_title
            ELSE titled_now.title
        END AS industry_title,
        CASE
            WHEN NOT is_edited(fields, 'industry_code') THEN company.industries
            ELSE list_prepend(
                {'code': fields['industry_code'], 'scheme': company.industry_scheme, 'rank': 1},
                list_filter(company.industries, lambda one: one.rank <> 1)
            )
        END AS industries,
        set_now(fields, 'purpose', company.purpose) AS purpose,
        CASE WHEN undescribed_now.company_id IS NULL THEN company.site_description END AS site_description,
        CASE WHEN is_edited(fields, 'founded_date') THEN fields['founded_date']::DATE ELSE company.founded_date END AS founded_date,
        CASE WHEN is_edited(fields, 'employees') THEN nullif(split_part(fields['employees'], '-', 1), '')::BIGINT ELSE company.employees_low END AS employees_low,
        CASE WHEN is_edited(fields, 'employees') THEN nullif(split_part(fields['employees'], '-', 2), '')::BIGINT ELSE company.employees_high END AS employees_high,
        CASE WHEN marked_now.company_id IS NULL THEN company.mark ELSE marked_now.mark END AS mark,
        CASE WHEN marked_now.company_id IS NULL THEN company.mark_until ELSE marked_now.mark_until END AS mark_until,
        CASE WHEN is_taken_back THEN exported_now.exported_at ELSE greatest(company.last_exported_at, exported_now.exported_at) END AS last_exported_at,
        -- who is a customer no more by a judgement is one until the next run of matching: deals decide too
        company.is_customer OR coalesce(marked_now.mark = 'customer', false) OR coalesce(crm_now.is_customer, false) AS is_customer,
        CASE WHEN crm_now.company_id IS NULL THEN company.is_in_crm ELSE is_gained OR length(crm_now.crm_company_keys) > 0 END AS is_in_crm,
        coalesce(crm_now.crm_company_keys, company.crm_company_keys) AS crm_company_keys,
        company.is_customer_group OR grouped_now.company_id IS NOT NULL AS is_customer_group
    )
FROM mart.company AS company
ANTI JOIN withheld_now ON withheld_now.company_id = company.company_id
LEFT JOIN edited_now ON edited_now.company_id = company.company_id
LEFT JOIN undescribed_now ON undescribed_now.company_id = company.company_id
LEFT JOIN titled_now ON titled_now.company_id = company.company_id
LEFT JOIN grouped_now ON grouped_now.company_id = company.company_id
LEFT JOIN marked_now ON marked_now.company_id = company.company_id
LEFT JOIN exported_now ON exported_now.company_id = company.company_id
LEFT JOIN crm_now ON crm_now.company_id = company.company_id;

-- One row a published company that is not as it was published.
CREATE OR REPLACE TEMP TABLE touched_now AS
SELECT company_id FROM withheld_now
UNION
SELECT company_id FROM undescribed_now
UNION
SELECT company_id FROM edited_now
UNION
SELECT company_id FROM grouped_now
UNION
SELECT company_id FROM marked_now
UNION
SELECT company_id FROM crm_now
UNION
SELECT company_id
FROM exported_now
JOIN mart.company AS company USING (company_id)
WHERE is_taken_back OR exported_at > coalesce(company.last_exported_at, '-infinity'::TIMESTAMPTZ);
