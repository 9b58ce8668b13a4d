-- One row a company of `$ids`, natural persons included: what a comparison with a CRM record reads and shows of it.
SELECT
    company_id::VARCHAR AS company_id, id_label, name, other_names, country_code, registration_scheme,
    registration_number, lei, [website, domain] AS addresses, phone,
    CASE WHEN NOT is_natural_person THEN street END AS street, postal_code, city, entity_kind,
    status NOT IN ('dissolved', 'left_source') AS is_live, anchor_record_id, record_ids, status, website, legal_form_code,
    (SELECT any_value(title) FROM mart.code WHERE scheme = legal_form_scheme AND code = legal_form_code) AS legal_form_title,
    industry_code, industry_title, employees_low, employees_high, founded_date, registered_date, last_accounts_year
FROM (
    SELECT * FROM current_company WHERE list_contains($ids::UUID[], company_id)
    UNION ALL BY NAME
    SELECT * FROM current_person_company WHERE list_contains($ids::UUID[], company_id)
);
