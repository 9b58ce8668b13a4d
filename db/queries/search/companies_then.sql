-- One row a row of `then_rows` (place, company_id, then_date): the published company, as it was known on that date where its changes tell it.
-- Dates of foundation are moved so that an age reckoned on `$as_of` is the age on that date. Revenue, growth and events
-- of then are unknown; place, website, roles and group are those of today.
WITH changed AS (
    SELECT then_rows.place, change.field, arg_min(coalesce(change.old_value, ''), change.known_at) AS value
    FROM then_rows
    JOIN mart.company AS company ON company.company_id = then_rows.company_id::UUID
    JOIN mart.change AS change
        ON change.company_id = company.company_id AND change.record_id = company.anchor_record_id
        AND change.kind = 'changed' AND change.known_at::DATE > then_rows.then_date
    GROUP BY then_rows.place, change.field
),
put_back AS (
    SELECT place, map_from_entries(list({'k': field, 'v': value})) AS fields FROM changed GROUP BY place
),
then_known AS (
    SELECT then_rows.place, then_rows.then_date, coalesce(put_back.fields, MAP([]::VARCHAR[], []::VARCHAR[])) AS fields, company.*
    FROM then_rows
    JOIN current_company AS company ON company.company_id = then_rows.company_id::UUID
    LEFT JOIN put_back ON put_back.place = then_rows.place
),
listed AS (
    SELECT
        *,
        CASE
            WHEN map_contains(fields, 'industries')
                THEN TRY_CAST(nullif(fields['industries'], '') AS STRUCT(code VARCHAR, scheme VARCHAR, "rank" INTEGER)[])
            ELSE industries
        END AS industries_then
    FROM then_known
)
SELECT * EXCLUDE (fields, industries_then) REPLACE (
    CASE WHEN map_contains(fields, 'name') THEN nullif(fields['name'], '') ELSE name END AS name,
    CASE WHEN map_contains(fields, 'status') THEN fields['status'] ELSE status END AS status,
    CASE WHEN map_contains(fields, 'purpose') THEN nullif(fields['purpose'], '') ELSE purpose END AS purpose,
    CASE WHEN map_contains(fields, 'activity') THEN nullif(fields['activity'], '') ELSE activity END AS activity,
    CASE WHEN map_contains(fields, 'sector_code') THEN nullif(fields['sector_code'], '') ELSE sector_code END AS sector_code,
    CASE WHEN map_contains(fields, 'legal_form_code') THEN nullif(fields['legal_form_code'], '') ELSE legal_form_code END AS legal_form_code,
    CASE WHEN map_contains(fields, 'employees_low') THEN TRY_CAST(nullif(fields['employees_low'], '') AS BIGINT) ELSE employees_low END AS employees_low,
    CASE WHEN map_contains(fields, 'employees_high') THEN TRY_CAST(nullif(fields['employees_high'], '') AS BIGINT) ELSE employees_high END AS employees_high,
    CASE WHEN map_contains(fields, 'employees_state') THEN fields['employees_state'] ELSE employees_state END AS employees_state,
    industries_then AS industries,
    CASE WHEN map_contains(fields, 'industries') THEN industries_then[1].code ELSE industry_code END AS industry_code,
    CASE WHEN map_contains(fields, 'industries') THEN industries_then[1].scheme ELSE industry_scheme END AS industry_scheme,
    (founded_date + to_days(($as_of::DATE - then_date)::INTEGER))::DATE AS founded_date,
    (registered_date + to_days(($as_of::DATE - then_date)::INTEGER))::DATE AS registered_date,
    CASE WHEN false THEN revenue END AS revenue,
    CASE WHEN false THEN revenue_eur END AS revenue_eur,
    CASE WHEN false THEN revenue_growth_1y END AS revenue_growth_1y,
    CASE WHEN false THEN revenue_growth_3y END AS revenue_growth_3y,
    CASE WHEN false THEN employees_growth_1y END AS employees_growth_1y,
    CASE WHEN false THEN employees_growth_3y END AS employees_growth_3y,
    CASE WHEN false THEN signals END AS signals
)
FROM listed
