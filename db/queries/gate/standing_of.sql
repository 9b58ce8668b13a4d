-- One row a company of `asked_rows` (lent) that readers may know of at all, and what the gate must know of it.
SELECT company_id::VARCHAR AS company_id, is_natural_person, coalesce(is_marketing_protected, false) AS is_marketing_protected
FROM current_company
WHERE company_id IN (SELECT company_id::UUID FROM asked_rows);
