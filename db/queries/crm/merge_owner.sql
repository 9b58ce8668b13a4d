-- Makes crm_merged: one row a row of the file, as the owner that it states. What the file has no column for stays as it was.
CREATE OR REPLACE TEMP TABLE crm_merged AS
SELECT
    i.row_number,
    k.crm_id,
    i.key_hmac,
    coalesce(i.name, i.email, i.crm_key) AS label,
    if('crm_key' IN $columns, i.crm_key, p.crm_key) AS crm_key,
    if('email' IN $columns, i.email, p.email) AS email,
    if('name' IN $columns, i.name, p.name) AS name,
    if('is_active' IN $columns, i.is_active, p.is_active) AS is_active
FROM crm_incoming i
JOIN crm_known k USING (row_number)
LEFT JOIN crm_latest p ON p.crm_id = k.crm_id;
