-- Whom do we know at the companies that are sure to fit, with what they do there? Who opted out is left out.
-- For: SDR.
SELECT
    fit_low, id_label, company.name, first_name, last_name, coalesce(job_title, 'unknown') AS job_title, contact.last_contacted_date
FROM people.mart.contact AS contact
JOIN people.mart.match AS match ON match.crm_kind = 'contact' AND match.crm_id = contact.crm_id AND match.state = 'accepted'
JOIN mart.company AS company ON company.company_id = match.company_id
LEFT JOIN mart.fit AS fit ON fit.company_id = company.company_id AND fit.verdict = 'yes'
WHERE NOT coalesce(has_opted_out, false)
ORDER BY fit_low DESC NULLS LAST, id_label, last_name
LIMIT 100;
