-- One row a company of `$ids` and a field of its records that changed since `$since`: the value before and the value now, and who told.
SELECT
    company_id::VARCHAR AS company_id, kind, field, arg_min(old_value, known_at) AS old_value, arg_max(new_value, known_at) AS new_value,
    split_part(arg_max(record_id, known_at), ':', 1) AS source, max(known_at) AS known_at
FROM mart.change
WHERE company_id IN (SELECT unnest($ids::UUID[])) AND known_at > $since
GROUP BY company_id, kind, field
ORDER BY company_id, known_at DESC, field;
