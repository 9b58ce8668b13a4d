-- The same of natural persons.
SELECT company_id::VARCHAR AS company_id, is_natural_person, coalesce(is_marketing_protected, false) AS is_marketing_protected
FROM current_person_company
WHERE company_id IN (SELECT company_id::UUID FROM asked_rows);
