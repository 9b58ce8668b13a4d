-- One row a company that may be handed out, by its country; null is unknown.
SELECT company_id::VARCHAR AS company_id, country_code FROM current_company ORDER BY country_code NULLS LAST, company_id;
