-- Makes crm_incoming: one row a usable row of the file, shaped as its table; core.crm_record stands for that table.
CREATE OR REPLACE TEMP TABLE crm_incoming AS
SELECT NULL::BIGINT AS row_number, * FROM core.crm_record LIMIT 0;
CREATE OR REPLACE TEMP TABLE crm_rejected_key (key_hmac VARCHAR);
