-- Makes crm_known: one row a row of the file, with the id that its record has or gets.
-- A record is known by its id or by its key; core.crm_record stands for the table of the kind.
CREATE OR REPLACE TEMP TABLE crm_known AS
WITH by_key AS (
    -- of what was pulled the id is certain: by its key it is known only from a file that did not say whose record it was
    SELECT key_hmac, arg_max(crm_id, (known_from, crm_id)) AS crm_id FROM core.crm_record
    WHERE NOT $is_pulled OR crm_id LIKE 'hubspot:0:%'
    GROUP BY key_hmac
), known_id AS (
    SELECT DISTINCT crm_id FROM core.crm_record
)
SELECT i.row_number, coalesce(known_id.crm_id, by_key.crm_id, i.crm_id) AS crm_id
FROM crm_incoming i
LEFT JOIN known_id ON known_id.crm_id = i.crm_id
LEFT JOIN by_key ON by_key.key_hmac = i.key_hmac;

-- its latest version, open or closed
CREATE OR REPLACE TEMP TABLE crm_latest AS
SELECT r.* FROM core.crm_record r
WHERE r.crm_id IN (SELECT crm_id FROM crm_known)
QUALIFY row_number() OVER (PARTITION BY r.crm_id ORDER BY r.known_to IS NULL DESC, r.known_from DESC) = 1;
