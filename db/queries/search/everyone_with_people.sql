-- The same with natural persons.
SELECT *, false AS is_held_back FROM current_company
UNION ALL BY NAME
SELECT *, true AS is_held_back FROM mart.company WHERE company_id IN (SELECT company_id FROM withheld_now)
UNION ALL BY NAME
SELECT *, false AS is_held_back FROM current_person_company
