-- One row a deal that was won or lost and a company of it (null: none was accepted, or it is not published).
SELECT deal.crm_id, company.company_id::VARCHAR AS company_id, stage, closed_date
FROM people.mart.deal AS deal
LEFT JOIN current_company AS company ON company.company_id = deal.company_id
WHERE stage IN ('won', 'lost')
ORDER BY closed_date, deal.crm_id, company.company_id
