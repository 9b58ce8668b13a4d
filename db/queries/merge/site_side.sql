-- Fills what no register says of a company from its own web site, and says so in other_origins ('company_site:<domain>').
CREATE OR REPLACE TEMP TABLE site_of_company AS
SELECT
    member.company_id, site.source || ':' || site.domain AS origin, site.url, site.domain, site.phones[1] AS phone, site.description
FROM core.site AS site
JOIN core.company_member AS member ON member.record_id = site.record_id
WHERE site.known_to IS NULL
QUALIFY row_number() OVER (PARTITION BY member.company_id ORDER BY member.is_anchor DESC, site.fetched_at DESC, site.record_id) = 1;

UPDATE core.company AS company
SET
    website = coalesce(company.website, site.url),
    -- a register's site on a shared host (a page on Facebook) keeps its address and gets no domain of another
    domain = CASE WHEN company.website IS NULL THEN site.domain ELSE company.domain END,
    phone = coalesce(company.phone, site.phone),
    site_description = site.description,
    -- the domain follows from the website, as it does where a person sets that
    other_origins = map_concat(
        coalesce(company.other_origins, MAP {}),
        CASE WHEN company.website IS NULL THEN MAP {'website': site.origin} ELSE MAP {} END,
        CASE WHEN company.phone IS NULL AND site.phone IS NOT NULL THEN MAP {'phone': site.origin} ELSE MAP {} END,
        CASE WHEN site.description IS NOT NULL THEN MAP {'site_description': site.origin} ELSE MAP {} END
    )
FROM site_of_company AS site
WHERE
    site.company_id = company.company_id
    AND NOT company.is_natural_person
    AND (company.website IS NULL OR (company.phone IS NULL AND site.phone IS NOT NULL) OR site.description IS NOT NULL);

-- Who turned out to be a natural person keeps no text, as no site of one is asked.
UPDATE core.site SET description = NULL, description_url = NULL
WHERE description IS NOT NULL
    AND record_id IN (
        SELECT record_id FROM core.company_member AS member JOIN core.company USING (company_id) WHERE company.is_natural_person
    );
