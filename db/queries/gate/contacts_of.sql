-- One row a contact of `asked_rows` (lent) that readers may know of, and whether it may be e-mailed.
SELECT crm_id, coalesce(has_opted_out, false) AS has_opted_out
FROM current_contact
WHERE crm_id IN (SELECT crm_id FROM asked_rows);
