-- One row a record: its latest version, lists flattened to what a golden record shows. A value that says nothing is null.
-- `source_standing` (lent) orders sources: the register of the land before others, then by rank.
CREATE OR REPLACE TEMP TABLE closed_record AS
SELECT *
FROM core.source_record
WHERE is_closed
    AND known_to IS NOT NULL
    AND record_id NOT IN (SELECT record_id FROM core.source_record WHERE known_to IS NULL)
QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY known_from DESC) = 1;

CREATE OR REPLACE TEMP TABLE first_known AS
SELECT record_id, min(known_from) AS first_known_at
FROM core.source_record
WHERE known_to IS NOT NULL
GROUP BY record_id;

-- One row a record whose latest accounts of its own say how many people it employed: on average, so perhaps a fraction.
CREATE OR REPLACE TEMP TABLE counted_employees AS
SELECT record_id, floor(average_employees)::BIGINT AS low, ceil(average_employees)::BIGINT AS high, period_to
FROM core.account
WHERE known_to IS NULL AND kind = 'company' AND average_employees IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY period_to DESC) = 1;

CREATE OR REPLACE TEMP VIEW latest_record AS
SELECT * FROM core.source_record WHERE known_to IS NULL
UNION ALL BY NAME
SELECT * FROM closed_record;

CREATE OR REPLACE TEMP VIEW flat_record AS
WITH chosen AS (
    SELECT
        latest.* EXCLUDE (identifiers, addresses, contact_points),
        counted.record_id IS NOT NULL AND coalesce(employees_low, employees_high) IS NULL AS is_counted,
        counted.low AS counted_low, counted.high AS counted_high, counted.period_to AS counted_date,
        list_filter(identifiers, lambda one: one.scheme = 'LEI')[1]."value" AS lei,
        list_filter(identifiers, lambda one: regexp_matches(one.scheme, '^[A-Z]{2}-'))[1] AS national,
        coalesce(
            list_filter(addresses, lambda one: one.kind = 'business')[1],
            list_filter(addresses, lambda one: one.kind = 'legal')[1],
            addresses[1]
        ) AS seat,
        list_filter(contact_points, lambda one: one.kind = 'website')[1]."value" AS website
    FROM latest_record AS latest
    LEFT JOIN counted_employees AS counted ON counted.record_id = latest.record_id
)
SELECT
    chosen.record_id, source, entity_kind, is_natural_person, name,
    list_transform(names, lambda one: one.name) AS further_names,
    coalesce(country_code, seat.country_code) AS country_code,
    lei, national.scheme AS registration_scheme, national."value" AS registration_number,
    legal_form_code, legal_form_scheme,
    CASE WHEN is_closed AND status <> 'dissolved' THEN 'left_source' ELSE nullif(status, 'unknown') END AS status,
    status_date,
    coalesce(list_filter(industries, lambda one: one.rank = 1)[1], industries[1]) AS main_industry, industries,
    -- what accounts say counts where the register itself says nothing
    CASE WHEN is_counted THEN counted_low ELSE employees_low END AS employees_low,
    CASE WHEN is_counted THEN counted_high ELSE employees_high END AS employees_high,
    CASE
        WHEN NOT is_counted THEN nullif(employees_state, 'not_supplied')
        WHEN counted_low = counted_high THEN 'exact'
        ELSE 'band'
    END AS employees_state,
    CASE WHEN is_counted THEN counted_date ELSE employees_date END AS employees_date,
    website, record_key.domain, record_key.phone,
    seat.street, seat.postal_code, seat.city, seat.municipality_code, seat.municipality_name,
    coalesce(seat.region_code, CASE WHEN coalesce(country_code, seat.country_code) = 'NO' THEN left(seat.municipality_code, 2) END) AS region_code,
    founded_date, registered_date, dissolved_date, purpose, activity, sector_code, is_vat_registered, is_in_group,
    last_accounts_year, capital_amount, capital_currency, is_marketing_protected,
    coalesce(first_known.first_known_at, known_from) AS first_known_at, fetched_at
FROM chosen
LEFT JOIN (SELECT record_id, domain, phone FROM core.record_key) AS record_key ON record_key.record_id = chosen.record_id
LEFT JOIN first_known ON first_known.record_id = chosen.record_id;
