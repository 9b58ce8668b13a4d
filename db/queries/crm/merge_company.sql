-- Makes crm_merged: one row a row of the file, as the company that it states. What the file has no column for stays as it was.
CREATE OR REPLACE TEMP TABLE crm_merged AS
SELECT
    i.row_number,
    k.crm_id,
    i.key_hmac,
    coalesce(i.name, i.domains[1], i.crm_key) AS label,
    if('crm_key' IN $columns, i.crm_key, p.crm_key) AS crm_key,
    if('name' IN $columns, i.name, p.name) AS name,
    i.is_natural_person,
    if('registration_number' IN $columns, i.registration_number, p.registration_number) AS registration_number,
    if('registration_scheme' IN $columns, i.registration_scheme, p.registration_scheme) AS registration_scheme,
    -- a file without a column of domains may still show one by website or e-mail; it cannot say that there is none
    if('domains' IN $columns, i.domains, coalesce(i.domains, p.domains)) AS domains,
    if('website' IN $columns, i.website, p.website) AS website,
    if('phone' IN $columns, i.phone, p.phone) AS phone,
    if('street' IN $columns, i.street, p.street) AS street,
    -- a file without a column of one may still show it beside the other ("4020 Stavanger"); it cannot say that there is none
    if('postal_code' IN $columns, i.postal_code, coalesce(i.postal_code, p.postal_code)) AS postal_code,
    if('city' IN $columns, i.city, coalesce(i.city, p.city)) AS city,
    if('region' IN $columns, i.region, p.region) AS region,
    if('country_code' IN $columns, i.country_code, p.country_code) AS country_code,
    if('industry' IN $columns, i.industry, p.industry) AS industry,
    if('employees_low' IN $columns, i.employees_low, p.employees_low) AS employees_low,
    if('employees_high' IN $columns, i.employees_high, p.employees_high) AS employees_high,
    if('revenue_amount' IN $columns, i.revenue_amount, p.revenue_amount) AS revenue_amount,
    if('revenue_currency' IN $columns, i.revenue_currency, p.revenue_currency) AS revenue_currency,
    if('owner_original' IN $columns, i.owner_original, p.owner_original) AS owner_original,
    if('lifecycle_stage' IN $columns, i.lifecycle_stage, p.lifecycle_stage) AS lifecycle_stage,
    if('lead_status' IN $columns, i.lead_status, p.lead_status) AS lead_status,
    if('company_type' IN $columns, i.company_type, p.company_type) AS company_type,
    if('parent_crm_key' IN $columns, i.parent_crm_key, p.parent_crm_key) AS parent_crm_key,
    if('last_contacted_date' IN $columns, i.last_contacted_date, p.last_contacted_date) AS last_contacted_date,
    if('created_at' IN $columns, i.created_at, p.created_at) AS created_at,
    if('modified_at' IN $columns, i.modified_at, p.modified_at) AS modified_at
FROM crm_incoming i
JOIN crm_known k USING (row_number)
LEFT JOIN crm_latest p ON p.crm_id = k.crm_id;
