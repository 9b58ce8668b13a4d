-- One row a company of `$ids` that no source had stated before `$since`.
SELECT company_id::VARCHAR AS company_id, sources[1] AS source, first_known_at
FROM current_company
WHERE company_id IN (SELECT unnest($ids::UUID[])) AND first_known_at > $since;
