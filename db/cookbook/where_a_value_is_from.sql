-- From which source, address and licence is each value of the companies of two or more sources, and since when?
-- For: analyst.
SELECT id_label, field, value, fact.source, fact.licence, url, last_seen_at::DATE AS stated
FROM mart.fact AS fact
JOIN mart.company AS company USING (company_id)
WHERE is_used AND len(company.sources) > 1
ORDER BY id_label, field
LIMIT 200;
