-- One row a record of a company to publish that several records make up, or that somebody edited.
CREATE OR REPLACE TEMP TABLE published_record AS
WITH several AS (
    SELECT company_id, unnest(record_ids) AS record_id
    FROM core.company
    WHERE NOT is_natural_person
        AND (length(record_ids) > 1 OR other_origins IS NOT NULL)
        AND company_id NOT IN (SELECT company_id FROM withheld_company)
)
SELECT
    several.company_id, flat.record_id, flat.source, flat.name, flat.country_code, flat.registration_number, flat.lei,
    flat.legal_form_code, flat.status, flat.main_industry.code AS industry_code, flat.employees_low, flat.employees_high,
    flat.website, flat.domain, flat.phone, flat.street, flat.postal_code, flat.city, flat.municipality_code,
    flat.region_code, flat.founded_date, flat.registered_date, flat.dissolved_date, flat.purpose, flat.activity,
    flat.sector_code, flat.is_vat_registered, flat.is_in_group, flat.last_accounts_year, flat.capital_amount,
    flat.capital_currency, flat.first_known_at, flat.fetched_at AS last_known_at
FROM several
JOIN flat_record AS flat USING (record_id)
WHERE NOT flat.is_natural_person;

-- One row a record that writes its phone number otherwise than it is compared and shown.
CREATE OR REPLACE TEMP TABLE published_phone AS
SELECT record_id, written.phone
FROM (
    SELECT record_id, list_filter(contact_points, lambda one: one.kind = 'phone')[1]."value" AS phone
    FROM latest_record
    WHERE NOT is_natural_person
) AS written
JOIN core.record_key AS key USING (record_id)
WHERE key.phone <> written.phone;
