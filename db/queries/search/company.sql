-- The golden record of one company, with what the team has with it.
SELECT * REPLACE (
    company_id::VARCHAR AS company_id, parent_company_id::VARCHAR AS parent_company_id,
    top_company_id::VARCHAR AS top_company_id
)
FROM everyone
WHERE company_id = $company_id::UUID AND NOT is_held_back;
