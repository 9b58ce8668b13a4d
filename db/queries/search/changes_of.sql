-- One row a change of one company's records, latest first.
SELECT kind, field, old_value, new_value, record_id, known_at, count(*) OVER () AS in_all
FROM mart.change
WHERE company_id = $company_id::UUID
ORDER BY known_at DESC, field
LIMIT $limit;
