-- One row a company with the text in its name, those with just this name first.
SELECT
    company_id::VARCHAR AS company_id, id_label, name, city,
    lower(strip_accents(name)) = $folded AS is_exact
FROM current_company
WHERE name ILIKE $pattern ESCAPE '\' AND NOT coalesce(is_marketing_protected, false)
ORDER BY is_exact DESC, employees_low DESC NULLS LAST, length(name), name, company_id
LIMIT $limit;
