-- One row the own web site of one company: by what it is known to be its own, and what it states, less what is held back
-- since publication.
WITH held AS (
    SELECT coalesce(list(text), []) AS texts FROM held_values('mart.site')
)
SELECT site.url, site.domain, site.evidence, site.evidence_url, site.language_code,
    list_filter(site.emails, lambda one: NOT list_contains(held.texts, one)) AS emails,
    list_filter(site.phones, lambda one: NOT list_contains(held.texts, one)) AS phones,
    site.social, list_transform(site.technologies, lambda one: one.name) AS technologies, site.source, site.fetched_at AS read_at
FROM mart.site AS site
CROSS JOIN held
WHERE site.company_id = $company_id::UUID AND NOT list_contains(held.texts, site.domain)
ORDER BY site.fetched_at DESC, site.domain;
