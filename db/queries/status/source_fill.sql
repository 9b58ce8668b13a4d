-- One row a source: its current records, and of how many of them each field says something.
SELECT
    source,
    count(*) AS row_count,
    count(country_code) AS country_code,
    count(*) FILTER (len(names) > 0) AS names,
    count(*) FILTER (len(identifiers) > 0) AS identifiers,
    count(legal_form_code) AS legal_form_code,
    count(*) FILTER (status <> 'unknown') AS status,
    count(status_date) AS status_date,
    count(*) FILTER (len(industries) > 0) AS industries,
    count(*) FILTER (employees_low IS NOT NULL OR employees_high IS NOT NULL) AS employees,
    count(employees_date) AS employees_date,
    count(*) FILTER (len(addresses) > 0) AS addresses,
    count(*) FILTER (len(contact_points) > 0) AS contact_points,
    count(founded_date) AS founded_date,
    count(registered_date) AS registered_date,
    count(dissolved_date) AS dissolved_date,
    count(purpose) AS purpose,
    count(activity) AS activity,
    count(sector_code) AS sector_code,
    count(is_vat_registered) AS is_vat_registered,
    count(is_in_group) AS is_in_group,
    count(last_accounts_year) AS last_accounts_year,
    count(capital_amount) AS capital_amount,
    count(is_marketing_protected) AS is_marketing_protected,
    count(effective_from) AS effective_from,
    count(effective_to) AS effective_to
FROM core.source_record
WHERE known_to IS NULL AND NOT is_closed
GROUP BY source;
