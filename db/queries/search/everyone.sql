-- One row a published company, those held back since publication included (`is_held_back`), so that they are counted.
SELECT *, false AS is_held_back FROM current_company
UNION ALL BY NAME
SELECT *, true AS is_held_back FROM mart.company WHERE company_id IN (SELECT company_id FROM withheld_now)
