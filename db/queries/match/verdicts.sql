-- One row a CRM record and what it was taken for, from the published files: with both sides' own keys.
SELECT
    verdict.crm_kind AS kind,
    coalesce(crm_company.crm_key, contact.crm_key) AS record_id,
    verdict.state,
    coalesce(company.registration_number, person.registration_number) AS registration_number
FROM current_match AS verdict
LEFT JOIN people.mart.crm_company AS crm_company ON verdict.crm_kind = 'company' AND crm_company.crm_id = verdict.crm_id
LEFT JOIN current_contact AS contact ON verdict.crm_kind = 'contact' AND contact.crm_id = verdict.crm_id
LEFT JOIN current_company AS company ON company.company_id = verdict.company_id
LEFT JOIN current_person_company AS person ON person.company_id = verdict.company_id
ORDER BY kind, record_id;
