-- Makes crm_merged: one row a row of the file, as the contact that it states. What the file has no column for stays as it was.
CREATE OR REPLACE TEMP TABLE crm_merged AS
SELECT
    i.row_number,
    k.crm_id,
    i.key_hmac,
    coalesce(nullif(concat_ws(' ', i.first_name, i.last_name), ''), i.email, i.crm_key) AS label,
    if('crm_key' IN $columns, i.crm_key, p.crm_key) AS crm_key,
    if('email' IN $columns, i.email, p.email) AS email,
    if('first_name' IN $columns, i.first_name, p.first_name) AS first_name,
    if('last_name' IN $columns, i.last_name, p.last_name) AS last_name,
    if('job_title' IN $columns, i.job_title, p.job_title) AS job_title,
    if('phone' IN $columns, i.phone, p.phone) AS phone,
    if('mobile' IN $columns, i.mobile, p.mobile) AS mobile,
    if('company_name' IN $columns, i.company_name, p.company_name) AS company_name,
    if('company_crm_key' IN $columns, i.company_crm_key, p.company_crm_key) AS company_crm_key,
    if('registration_number' IN $columns, i.registration_number, p.registration_number) AS registration_number,
    if('registration_scheme' IN $columns, i.registration_scheme, p.registration_scheme) AS registration_scheme,
    if('website' IN $columns, i.website, p.website) AS website,
    -- a file without a column of one may still show it beside the other ("4020 Stavanger"); it cannot say that there is none
    if('postal_code' IN $columns, i.postal_code, coalesce(i.postal_code, p.postal_code)) AS postal_code,
    if('city' IN $columns, i.city, coalesce(i.city, p.city)) AS city,
    if('country_code' IN $columns, i.country_code, p.country_code) AS country_code,
    if('owner_original' IN $columns, i.owner_original, p.owner_original) AS owner_original,
    if('lifecycle_stage' IN $columns, i.lifecycle_stage, p.lifecycle_stage) AS lifecycle_stage,
    if('lead_status' IN $columns, i.lead_status, p.lead_status) AS lead_status,
    if('has_opted_out' IN $columns, i.has_opted_out, p.has_opted_out) AS has_opted_out,
    if('last_contacted_date' IN $columns, i.last_contacted_date, p.last_contacted_date) AS last_contacted_date,
    if('created_at' IN $columns, i.created_at, p.created_at) AS created_at,
    if('modified_at' IN $columns, i.modified_at, p.modified_at) AS modified_at
FROM crm_incoming i
JOIN crm_known k USING (row_number)
LEFT JOIN crm_latest p ON p.crm_id = k.crm_id;
