-- Lands what sites state (`stated_site`, lent), one row an entity: the same as before is seen again, anything else replaces
-- it. What a domain stated ends where the site is no longer the entity's (`ended_site`, lent). `asked` are all inquiries.
CREATE OR REPLACE TEMP TABLE same_site AS
SELECT site.rowid AS kept_row, stated.record_id, stated.fetched_at
FROM core.site AS site
JOIN stated_site AS stated
    ON site.record_id = stated.record_id AND site.source = stated.source
    AND row(site.domain, site.url, site.evidence_code, site.evidence, site.evidence_url, site.language_code, site.emails,
        site.phones, site.social, site.technologies, site.description, site.description_url)
    IS NOT DISTINCT FROM
    row(stated.domain, stated.url, stated.evidence_code, stated.evidence, stated.evidence_url, stated.language_code,
        stated.emails, stated.phones, stated.social, stated.technologies, stated.description, stated.description_url)
WHERE site.known_to IS NULL;

UPDATE core.site AS site SET fetched_at = same_site.fetched_at FROM same_site WHERE site.rowid = same_site.kept_row;

UPDATE core.site SET known_to = $at
WHERE
    known_to IS NULL
    AND rowid NOT IN (SELECT kept_row FROM same_site)
    AND (
        (record_id, source) IN (SELECT (record_id, source) FROM stated_site)
        OR (record_id, source, asked_domain) IN (SELECT (record_id, source, domain) FROM ended_site)
    );

INSERT INTO core.site BY NAME
SELECT *, $run_id AS run_id, $at AS known_from
FROM stated_site
WHERE record_id NOT IN (SELECT record_id FROM same_site);

DELETE FROM core.site_inquiry WHERE (record_id, source, domain) IN (SELECT (record_id, source, domain) FROM asked);

INSERT INTO core.site_inquiry BY NAME
SELECT *, $at AS asked_at FROM asked;
