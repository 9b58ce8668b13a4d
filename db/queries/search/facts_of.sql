-- One row a field and source that states it of one company.
SELECT fact.field, fact.value, fact.original, fact.source, source.title AS source_title, fact.url, fact.licence, fact.is_used,
    fact.record_id, fact.first_seen_at, fact.last_seen_at
FROM mart.fact AS fact
LEFT JOIN mart.source AS source ON source.name = fact.source
WHERE fact.company_id = $company_id::UUID
ORDER BY fact.field, fact.is_used DESC, fact.source;
