-- One row a company of the CRM, or a contact that belongs to none of them: what it states of a company, as imported.
WITH companies AS (
    SELECT * FROM core.crm_company WHERE known_to IS NULL AND NOT is_closed
)
SELECT
    'company' AS crm_kind, crm_id, CASE WHEN NOT is_natural_person THEN name END AS name, country_code,
    registration_scheme, registration_number,
    list_concat(coalesce(domains, []), CASE WHEN website IS NULL THEN [] ELSE [website] END) AS addresses,
    phone, CASE WHEN NOT is_natural_person THEN street END AS street, postal_code, city, employees_low, employees_high
FROM companies
UNION ALL
SELECT
    'contact', crm_id, company_name, country_code, registration_scheme, registration_number,
    list_filter([website, email], lambda address: address IS NOT NULL), NULL, NULL, NULL, NULL, NULL, NULL
FROM core.crm_contact
WHERE known_to IS NULL
    AND NOT is_closed
    AND (company_crm_key IS NULL OR company_crm_key NOT IN (SELECT crm_key FROM companies WHERE crm_key IS NOT NULL))
ORDER BY crm_kind, crm_id;
