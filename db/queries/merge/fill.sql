-- Fills core.company, one row a company: golden values of one record or of several, and what the team has with it. `place`
-- (lent) says where municipalities and towns lie; a municipality that is stated outranks a town.
DELETE FROM core.company;

INSERT INTO core.company BY NAME
WITH golden AS (
    SELECT
        member.company_id, country_code, name, further_names AS other_names, entity_kind,
        is_natural_person OR natural_record.record_id IS NOT NULL AS is_natural_person,
        registration_scheme, registration_number, lei, legal_form_code, legal_form_scheme, status, status_date,
        main_industry, industries, employees_low, employees_high, employees_state, employees_date,
        website, domain, phone, street, postal_code, city, municipality_code, municipality_name, region_code,
        founded_date, registered_date, dissolved_date, purpose, activity, sector_code, is_vat_registered, is_in_group,
        last_accounts_year, capital_amount, capital_currency, is_marketing_protected,
        [source] AS sources, record_id AS anchor_record_id, [record_id] AS record_ids, first_known_at,
        fetched_at AS last_known_at, NULL::MAP(VARCHAR, VARCHAR) AS other_origins
    FROM flat_record
    JOIN core.company_member AS member USING (record_id)
    ANTI JOIN company_of_several ON company_of_several.company_id = member.company_id
    LEFT JOIN natural_record USING (record_id)
    UNION ALL BY NAME
    SELECT * FROM golden_several
)
SELECT
    golden.* EXCLUDE (main_industry, other_names, status, employees_state),
    CASE
        WHEN registration_number IS NOT NULL THEN left(registration_scheme, 2) || ':' || registration_number
        WHEN lei IS NOT NULL THEN 'LEI:' || lei
        ELSE anchor_record_id
    END AS id_label,
    list_sort(list_distinct(list_filter(other_names, lambda one: one <> name))) AS other_names,
    coalesce(status, 'unknown') AS status,
    main_industry.code AS industry_code, main_industry.scheme AS industry_scheme, code.title AS industry_title,
    coalesce(employees_state, 'not_supplied') AS employees_state,
    parent_company_id,
    coalesce(company_top.top_company_id, golden.company_id) AS top_company_id,
    coalesce(crm_side.is_customer, false) OR coalesce(mark = 'customer', false) AS is_customer,
    coalesce(has_open_deal, false) AS has_open_deal,
    coalesce(length(list_filter(customers, lambda one: one <> golden.company_id)) > 0, false) AS is_customer_group,
    crm_side.company_id IS NOT NULL AS is_in_crm,
    crm_company_keys, owner_id, last_contacted_date, last_exported_at, mark, mark_until,
    coalesce(company_signals.signals, CASE WHEN list_contains(company_reached.countries, golden.country_code) THEN [] END) AS signals,
    company_revenue.* EXCLUDE (company_id),
    company_growth.* EXCLUDE (company_id),
    CASE
        WHEN entity_kind IN ('branch', 'establishment') THEN false
        WHEN parent_company_id IS NOT NULL OR company_top.top_company_id <> golden.company_id OR is_owned THEN true
        WHEN NOT is_in_group OR is_nobodys THEN false
    END AS is_subsidiary,
    coalesce(company_parent.parent_source, CASE WHEN is_owned OR is_nobodys THEN company_group.source END) AS parent_source,
    CASE WHEN entity_kind IN ('branch', 'establishment') THEN true ELSE is_subsidiary END AS has_parent,
    coalesce(company_group.size, CASE WHEN is_owned THEN 2 ELSE 1 END) AS group_size_low,
    CASE WHEN company_group.size IS NULL AND NOT is_in_group THEN 1 END AS group_size_high,
    company_technologies.technologies, company_roles.role_kinds,
    coalesce(municipality.place_name, town.place_name) AS place_name,
    coalesce(municipality.place_region, region.place_region, town.place_region) AS place_region,
    coalesce(municipality.place_municipality, town.place_municipality) AS place_municipality,
    coalesce(municipality.latitude, town.latitude) AS latitude,
    coalesce(municipality.longitude, town.longitude) AS longitude
FROM golden
LEFT JOIN core.code AS code ON code.scheme = main_industry.scheme AND code.code = main_industry.code
LEFT JOIN company_parent ON company_parent.company_id = golden.company_id
LEFT JOIN company_top ON company_top.company_id = golden.company_id
LEFT JOIN crm_side ON crm_side.company_id = golden.company_id
LEFT JOIN company_signals ON company_signals.company_id = golden.company_id
LEFT JOIN company_reached ON company_reached.company_id = golden.company_id
LEFT JOIN company_revenue ON company_revenue.company_id = golden.company_id
LEFT JOIN company_growth ON company_growth.company_id = golden.company_id
LEFT JOIN company_group ON company_group.company_id = golden.company_id
LEFT JOIN company_technologies ON company_technologies.company_id = golden.company_id
LEFT JOIN company_roles ON company_roles.company_id = golden.company_id
LEFT JOIN place AS municipality
    ON municipality.kind = 'municipality' AND municipality.country_code = golden.country_code AND municipality.key = golden.municipality_code
LEFT JOIN place AS region ON region.kind = 'region' AND region.country_code = golden.country_code AND region.key = golden.region_code
-- the quarter behind a Danish town is the post office's: København Ø
LEFT JOIN place AS town
    ON town.kind = 'town'
    AND town.country_code = golden.country_code
    AND town.key = CASE golden.country_code WHEN 'DK' THEN regexp_replace(strip_accents(lower(city)), ' ([cknsv]|nv|nø|sv|sø|ø)$', '') ELSE strip_accents(lower(city)) END
LEFT JOIN team_side ON team_side.company_id = golden.company_id
LEFT JOIN customer_group ON customer_group.top_company_id = coalesce(company_top.top_company_id, golden.company_id);
