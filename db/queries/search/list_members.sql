-- One row a company on one list, in the order in which they were added.
SELECT company.company_id::VARCHAR AS company_id, id_label, name, city, added_at, added_by, why
FROM current_list_member AS member
JOIN current_company AS company USING (company_id)
WHERE list_name = $list_name
ORDER BY added_at, id_label;
