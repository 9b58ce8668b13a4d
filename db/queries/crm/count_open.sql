-- The number of open records of a kind, and of those of them that the file does not hold.
-- A record whose row was rejected is in the file all the same. core.crm_record stands for the table of the kind.
SELECT count(*) AS open_count,
       count(*) FILTER (
           crm_id NOT IN (SELECT crm_id FROM crm_known)
           AND key_hmac NOT IN (SELECT key_hmac FROM crm_rejected_key)
       ) AS absent_count
FROM core.crm_record
WHERE known_to IS NULL;
