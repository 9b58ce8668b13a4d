-- One row a company of `$ids`, a field and a source that states it.
SELECT fact.company_id::VARCHAR AS company_id, fact.field, fact.value, fact.original, fact.source, source.title AS source_title, fact.url, fact.licence, fact.is_used,
    fact.record_id, fact.first_seen_at, fact.last_seen_at
FROM mart.fact AS fact
LEFT JOIN mart.source AS source ON source.name = fact.source
WHERE fact.company_id IN (SELECT unnest($ids::UUID[]))
    AND NOT (fact.field = 'site_description' AND fact.company_id IN (SELECT company_id FROM undescribed_now))
ORDER BY fact.company_id, fact.field, fact.is_used DESC, fact.source;
