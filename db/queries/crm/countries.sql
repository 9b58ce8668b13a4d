-- One row a country that a company of the CRM is in.
SELECT DISTINCT country_code FROM core.crm_company WHERE known_to IS NULL AND country_code IS NOT NULL;
