-- One row a domain that the CRM gives a company it was accepted as, the CRM company's before those of its contacts. A domain
-- that only one contact has may be that person's own: it is never written down.
WITH accepted AS (
    SELECT match.crm_id, member.company_id
    FROM core.match AS match
    JOIN core.company_member AS member ON member.record_id = match.record_id
    WHERE match.state = 'accepted'
),
told AS (
    SELECT accepted.crm_id, accepted.company_id, unnest(company.domains) AS domain, 0 AS place
    FROM accepted
    JOIN core.crm_company AS company ON company.crm_id = accepted.crm_id
    WHERE company.known_to IS NULL AND NOT company.is_closed
    UNION ALL
    SELECT accepted.crm_id, accepted.company_id, split_part(contact.email, '@', 2), 1
    FROM accepted
    JOIN core.crm_contact AS contact ON contact.crm_id = accepted.crm_id
    WHERE contact.known_to IS NULL AND NOT contact.is_closed AND contact.email IS NOT NULL
)
SELECT company_id, domain, min(place) AS place, count(*) AS said
FROM told
GROUP BY company_id, domain
HAVING min(place) = 0 OR count(DISTINCT crm_id) > 1
ORDER BY company_id, place, said DESC, domain;
