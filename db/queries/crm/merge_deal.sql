-- Makes crm_merged: one row a row of the file, as the deal that it states. What the file has no column for stays as it was.
CREATE OR REPLACE TEMP TABLE crm_merged AS
SELECT
    i.row_number,
    k.crm_id,
    i.key_hmac,
    coalesce(i.name, i.crm_key) AS label,
    if('crm_key' IN $columns, i.crm_key, p.crm_key) AS crm_key,
    if('name' IN $columns, i.name, p.name) AS name,
    if('stage' IN $columns, i.stage, p.stage) AS stage,
    if('stage_original' IN $columns, i.stage_original, p.stage_original) AS stage_original,
    if('pipeline' IN $columns, i.pipeline, p.pipeline) AS pipeline,
    if('amount' IN $columns, i.amount, p.amount) AS amount,
    if('currency' IN $columns, i.currency, p.currency) AS currency,
    if('closed_date' IN $columns, i.closed_date, p.closed_date) AS closed_date,
    if('company_crm_keys' IN $columns, i.company_crm_keys, p.company_crm_keys) AS company_crm_keys,
    if('company_name' IN $columns, i.company_name, p.company_name) AS company_name,
    if('owner_original' IN $columns, i.owner_original, p.owner_original) AS owner_original,
    if('created_at' IN $columns, i.created_at, p.created_at) AS created_at,
    if('modified_at' IN $columns, i.modified_at, p.modified_at) AS modified_at
FROM crm_incoming i
JOIN crm_known k USING (row_number)
LEFT JOIN crm_latest p ON p.crm_id = k.crm_id;
