-- Makes crm_version: one row a row of the file, with the version it would make: created, updated or unchanged.
-- The hash is over the values alone: not over ids, times, or the owner's id, which is looked up anew each time.
CREATE OR REPLACE TEMP TABLE crm_version AS
WITH hashed AS (
    SELECT *, md5_number_lower(CAST(
        to_json(row(*COLUMNS(* EXCLUDE (row_number, crm_id, key_hmac, label)))) AS VARCHAR
    ))::HUGEINT AS row_hash
    FROM crm_merged
)
SELECT h.*,
       CASE WHEN p.crm_id IS NULL OR p.known_to IS NOT NULL THEN 'created'
            WHEN p.row_hash = h.row_hash THEN 'unchanged'
            ELSE 'updated' END AS action
FROM hashed h
LEFT JOIN crm_latest p ON p.crm_id = h.crm_id;
