-- One row a company of several records: for each group of fields that belong together, the value of the record with
-- the best standing that has one. The list below is the rule book of survivorship: what counts as having a value.
CREATE OR REPLACE TEMP TABLE golden_several AS
WITH member AS (
    SELECT member.company_id, flat_record.*, natural_record.record_id IS NOT NULL AS inherits_nature,
        row_number() OVER (
            PARTITION BY member.company_id
            ORDER BY coalesce(source_standing.standing, 999), coalesce(flat_record.status, '') = 'left_source', flat_record.fetched_at DESC, flat_record.record_id
        ) AS standing
    FROM flat_record
    JOIN core.company_member AS member USING (record_id)
    JOIN company_of_several USING (company_id)
    LEFT JOIN natural_record USING (record_id)
    LEFT JOIN source_standing ON source_standing.source = flat_record.source
),
won AS (
    SELECT
        company_id,
        arg_min(record_id, standing) AS anchor_record_id,
        arg_min({'record': record_id, 'entity_kind': entity_kind}, standing) AS kind,
        arg_min({'record': record_id, 'name': name}, standing) AS name,
        arg_min({'record': record_id, 'code': country_code}, standing) FILTER (country_code IS NOT NULL) AS country,
        arg_min({'record': record_id, 'scheme': registration_scheme, 'number': registration_number}, standing) FILTER (registration_number IS NOT NULL) AS registration,
        arg_min({'record': record_id, 'lei': lei}, standing) FILTER (lei IS NOT NULL) AS lei,
        arg_min({'record': record_id, 'code': legal_form_code, 'scheme': legal_form_scheme}, standing) FILTER (legal_form_code IS NOT NULL) AS legal_form,
        arg_min({'record': record_id, 'status': status, 'date': status_date}, standing) FILTER (status IS NOT NULL) AS status,
        arg_min({'record': record_id, 'main': main_industry, 'all': industries}, standing) FILTER (main_industry IS NOT NULL) AS industry,
        arg_min({'record': record_id, 'low': employees_low, 'high': employees_high, 'state': employees_state, 'date': employees_date}, standing) FILTER (employees_state IS NOT NULL) AS employees,
        arg_min({'record': record_id, 'website': website, 'domain': domain}, standing) FILTER (website IS NOT NULL OR domain IS NOT NULL) AS website,
        arg_min({'record': record_id, 'phone': phone}, standing) FILTER (phone IS NOT NULL) AS phone,
        arg_min({'record': record_id, 'street': street, 'postal_code': postal_code, 'city': city, 'municipality_code': municipality_code, 'municipality_name': municipality_name, 'region_code': region_code}, standing)
            FILTER (postal_code IS NOT NULL OR city IS NOT NULL OR municipality_code IS NOT NULL OR street IS NOT NULL) AS address,
        arg_min({'record': record_id, 'date': founded_date}, standing) FILTER (founded_date IS NOT NULL) AS founded,
        arg_min({'record': record_id, 'date': registered_date}, standing) FILTER (registered_date IS NOT NULL) AS registered,
        arg_min({'record': record_id, 'date': dissolved_date}, standing) FILTER (dissolved_date IS NOT NULL) AS dissolved,
        arg_min({'record': record_id, 'text': purpose}, standing) FILTER (purpose IS NOT NULL) AS purpose,
        arg_min({'record': record_id, 'text': activity}, standing) FILTER (activity IS NOT NULL) AS activity,
        arg_min({'record': record_id, 'code': sector_code}, standing) FILTER (sector_code IS NOT NULL) AS sector,
        arg_min({'record': record_id, 'is': is_vat_registered}, standing) FILTER (is_vat_registered IS NOT NULL) AS vat,
        arg_min({'record': record_id, 'is': is_in_group}, standing) FILTER (is_in_group IS NOT NULL) AS in_group,
        arg_min({'record': record_id, 'year': last_accounts_year}, standing) FILTER (last_accounts_year IS NOT NULL) AS accounts,
        arg_min({'record': record_id, 'amount': capital_amount, 'currency': capital_currency}, standing) FILTER (capital_amount IS NOT NULL) AS capital,
        -- these are true where any record says so
        bool_or(is_natural_person OR inherits_nature) AS is_natural_person,
        bool_or(is_marketing_protected) AS is_marketing_protected,
        list(name ORDER BY standing) AS all_names,
        flatten(list(further_names ORDER BY standing) FILTER (further_names IS NOT NULL)) AS further_names,
        list_sort(list(DISTINCT source)) AS sources,
        list(record_id ORDER BY standing) AS record_ids,
        min(first_known_at) AS first_known_at,
        max(fetched_at) AS last_known_at
    FROM member
    GROUP BY company_id
)
SELECT
    company_id, country.code AS country_code, name.name AS name,
    list_concat(all_names, further_names) AS other_names,
    kind.entity_kind AS entity_kind, is_natural_person,
    registration.scheme AS registration_scheme, registration.number AS registration_number, lei.lei AS lei,
    legal_form.code AS legal_form_code, legal_form.scheme AS legal_form_scheme,
    status.status AS status, status.date AS status_date, industry.main AS main_industry, industry."all" AS industries,
    employees.low AS employees_low, employees.high AS employees_high, employees.state AS employees_state, employees.date AS employees_date,
    website.website AS website, website.domain AS domain, phone.phone AS phone,
    address.street AS street, address.postal_code AS postal_code, address.city AS city,
    address.municipality_code AS municipality_code, address.municipality_name AS municipality_name, address.region_code AS region_code,
    founded.date AS founded_date, registered.date AS registered_date, dissolved.date AS dissolved_date,
    purpose.text AS purpose, activity.text AS activity, sector.code AS sector_code,
    vat."is" AS is_vat_registered, in_group."is" AS is_in_group, accounts.year AS last_accounts_year,
    capital.amount AS capital_amount, capital.currency AS capital_currency, is_marketing_protected,
    sources, anchor_record_id, record_ids, first_known_at, last_known_at,
    map_from_entries(list_filter(
        [
            {'k': 'country_code', 'v': country.record}, {'k': 'registration_number', 'v': registration.record},
            {'k': 'registration_scheme', 'v': registration.record}, {'k': 'lei', 'v': lei.record},
            {'k': 'legal_form_code', 'v': legal_form.record}, {'k': 'legal_form_scheme', 'v': legal_form.record},
            {'k': 'status', 'v': status.record}, {'k': 'status_date', 'v': status.record},
            {'k': 'industry_code', 'v': industry.record}, {'k': 'industry_scheme', 'v': industry.record}, {'k': 'industries', 'v': industry.record},
            {'k': 'employees_low', 'v': employees.record}, {'k': 'employees_high', 'v': employees.record},
            {'k': 'employees_state', 'v': employees.record}, {'k': 'employees_date', 'v': employees.record},
            {'k': 'website', 'v': website.record}, {'k': 'domain', 'v': website.record}, {'k': 'phone', 'v': phone.record},
            {'k': 'street', 'v': address.record}, {'k': 'postal_code', 'v': address.record}, {'k': 'city', 'v': address.record},
            {'k': 'municipality_code', 'v': address.record}, {'k': 'municipality_name', 'v': address.record}, {'k': 'region_code', 'v': address.record},
            {'k': 'founded_date', 'v': founded.record}, {'k': 'registered_date', 'v': registered.record}, {'k': 'dissolved_date', 'v': dissolved.record},
            {'k': 'purpose', 'v': purpose.record}, {'k': 'activity', 'v': activity.record}, {'k': 'sector_code', 'v': sector.record},
            {'k': 'is_vat_registered', 'v': vat.record}, {'k': 'is_in_group', 'v': in_group.record}, {'k': 'last_accounts_year', 'v': accounts.record},
            {'k': 'capital_amount', 'v': capital.record}, {'k': 'capital_currency', 'v': capital.record}
        ],
        lambda one: one.v IS NOT NULL AND one.v <> anchor_record_id
    )) AS other_origins
FROM won;
