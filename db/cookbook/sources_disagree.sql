-- Where do two sources state different values of one field, and which of them does the company show?
-- For: analyst.
SELECT id_label, field, string_agg(source || ': ' || value || CASE WHEN is_used THEN ' (shown)' ELSE '' END, '; ' ORDER BY is_used DESC, source) AS stated
FROM mart.fact
JOIN mart.company USING (company_id)
WHERE field IN ('name', 'status', 'postal_code', 'founded_date', 'legal_form_code', 'website')
GROUP BY id_label, field
HAVING count(DISTINCT lower(value)) > 1
ORDER BY field, id_label
LIMIT 100;
