-- Closes the records that a complete file does not hold; core.crm_record stands for the table of the kind.
UPDATE core.crm_record SET known_to = $at, closed_by = $import_id, is_closed = true
WHERE known_to IS NULL
  AND crm_id NOT IN (SELECT crm_id FROM crm_known)
  AND key_hmac NOT IN (SELECT key_hmac FROM crm_rejected_key);
