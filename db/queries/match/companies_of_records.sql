-- One row a register record of `$ids` that a published company has: which company that is.
SELECT record_id, company_id::VARCHAR AS company_id
FROM (
    SELECT company_id, unnest(record_ids) AS record_id FROM current_company
    UNION ALL BY NAME
    SELECT company_id, unnest(record_ids) AS record_id FROM current_person_company
)
WHERE list_contains($ids, record_id);
