-- One row the own web site of one company: by what it is known to be its own, and what it states.
SELECT site.url, site.domain, site.evidence, site.evidence_url, site.language_code, site.emails, site.phones, site.social,
    list_transform(site.technologies, lambda one: one.name) AS technologies, site.source, site.fetched_at AS read_at
FROM mart.site AS site
WHERE site.company_id = $company_id::UUID
ORDER BY site.fetched_at DESC, site.domain;
