-- At most one row: the nearest customer in the group of one company, and what it is to that company.
SELECT
    customer.company_id::VARCHAR AS company_id, customer.id_label, customer.name,
    CASE
        WHEN customer.company_id = one.parent_company_id THEN 'its parent'
        WHEN customer.parent_company_id = one.company_id THEN 'its subsidiary'
        WHEN customer.parent_company_id = one.parent_company_id THEN 'its sister'
        WHEN customer.company_id = one.top_company_id THEN 'the top of its group'
        ELSE 'of its group'
    END AS relation
FROM current_company AS one
JOIN current_company AS customer
    ON customer.top_company_id = one.top_company_id AND customer.company_id <> one.company_id AND customer.is_customer
WHERE one.company_id = $company_id::UUID
ORDER BY
    list_position(['its parent', 'its subsidiary', 'its sister', 'the top of its group', 'of its group'], relation),
    customer.id_label
LIMIT 1;
