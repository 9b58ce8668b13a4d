-- The name of one company that readers may know of; none of a natural person.
SELECT name FROM current_company WHERE company_id = $company_id::UUID;
