-- The analysts' contract of companies.duckdb beside mart.company, whose columns are those of core.company.

-- One row a company and ICP that it fits or may fit; who does not fit has no row.
CREATE TABLE mart.fit (
    company_id UUID NOT NULL,           -- open: Company
    icp VARCHAR NOT NULL,               -- internal: Name of the ICP
    icp_version VARCHAR NOT NULL,       -- internal: Version of the ICP as it was asked
    verdict VARCHAR NOT NULL,           -- internal: yes = every must is known to hold; maybe = none is known to fail
    fit_low INTEGER NOT NULL,           -- internal: 0-100, wishes known to hold, by weight
    fit_high INTEGER NOT NULL           -- internal: 0-100, the same with the unknown ones
);

-- One row a company, ICP and criterion: the verdict, and the value it rests on.
CREATE TABLE mart.fit_point (
    company_id UUID NOT NULL,           -- open: Company
    icp VARCHAR NOT NULL,               -- internal: Name of the ICP
    criterion VARCHAR NOT NULL,         -- internal: What was asked
    kind VARCHAR NOT NULL,              -- internal: must, required (a must that has to be known to hold), should or must_not
    verdict VARCHAR NOT NULL,           -- internal: yes, no or unknown
    weight DOUBLE,                      -- internal: Weight of a should
    value VARCHAR,                      -- open: What the company has
    share_low DOUBLE,                   -- internal: 0-1, part of a should that is known to be met; less than 1 by soft edges
    share_high DOUBLE                   -- internal: 0-1, the same with what is unknown
);

-- One row a version of an ICP: what was asked, from when until when.
CREATE TABLE mart.icp_version (
    icp VARCHAR NOT NULL,               -- internal: Name of the ICP
    icp_version VARCHAR NOT NULL,       -- internal: Its version
    definition VARCHAR NOT NULL,        -- internal: The ICP as it was asked, all that it extends included, as JSON
    published_at TIMESTAMPTZ NOT NULL,  -- internal: When it was first published so (UTC)
    replaced_at TIMESTAMPTZ             -- internal: When another version took its place (UTC); null of the last
);

-- One row an ICP and rule: how many companies that fit are in no published file, and why.
CREATE TABLE mart.withheld (
    icp VARCHAR,                        -- internal: Name of the ICP; null: of all companies, whether they fit or not
    rule VARCHAR,                       -- internal: suppressed or erased; null: both
    company_count BIGINT NOT NULL       -- internal: Companies
);

-- One row a decision that this file already knows; readers lay later ones over it.
CREATE TABLE mart.known_decision (
    decision_id UUID NOT NULL           -- internal: The decision
);

-- One row: which publication this is.
CREATE TABLE mart.meta (
    schema_version INTEGER NOT NULL,    -- internal: Version of this contract
    as_of TIMESTAMPTZ NOT NULL,         -- internal: When it was published (UTC)
    run_id UUID NOT NULL                -- internal: Run that published it
);

-- One row a field that one source states of one company: with where it says so, and whether the golden record uses it.
CREATE VIEW mart.fact (
    company_id,                         -- open: Company
    field,                              -- open: Field, named as in mart.company
    value,                              -- open: Value, normalised
    original,                           -- open: Value as the source writes it
    record_id,                          -- open: Record that states it, or edit:<decision> of a person of the team
    source,                             -- open: Source, or team
    url,                                -- open: Where to read it
    licence,                            -- open: Licence of the source
    is_used,                            -- open: The golden record shows this value
    first_seen_at,                      -- internal: Record first seen (UTC)
    last_seen_at                        -- internal: Record last stated by the source (UTC)
) AS
WITH stated AS (
    SELECT company_id, anchor_record_id AS record_id, sources[1] AS source, name, country_code, registration_number, lei,
        legal_form_code, nullif(status, 'unknown') AS status, industry_code, employees_low, employees_high, website, domain, phone, street, postal_code, city,
        municipality_code, region_code, founded_date, registered_date, dissolved_date, purpose, activity, sector_code,
        is_vat_registered, is_in_group, last_accounts_year, capital_amount, capital_currency, first_known_at, last_known_at,
        anchor_record_id, NULL::MAP(VARCHAR, VARCHAR) AS other_origins
    FROM mart.company
    WHERE length(record_ids) = 1 AND other_origins IS NULL
    UNION ALL BY NAME
    SELECT record.*, company.anchor_record_id, company.other_origins
    FROM mart.record AS record
    JOIN mart.company AS company ON company.company_id = record.company_id
),
unpivoted AS (
    SELECT
        company_id, record_id, source, first_known_at, last_known_at, anchor_record_id, other_origins,
        unnest([
            {'field': 'name', 'value': name, 'original': name},
            {'field': 'country_code', 'value': country_code, 'original': country_code},
            {'field': 'registration_number', 'value': registration_number, 'original': registration_number},
            {'field': 'lei', 'value': lei, 'original': lei},
            {'field': 'legal_form_code', 'value': legal_form_code, 'original': legal_form_code},
            {'field': 'status', 'value': status, 'original': status},
            {'field': 'industry_code', 'value': industry_code, 'original': industry_code},
            {'field': 'employees_low', 'value': employees_low::VARCHAR, 'original': employees_low::VARCHAR},
            {'field': 'employees_high', 'value': employees_high::VARCHAR, 'original': employees_high::VARCHAR},
            {'field': 'website', 'value': website, 'original': website},
            {'field': 'domain', 'value': domain, 'original': website},
            {'field': 'phone', 'value': phone, 'original': phone},
            {'field': 'street', 'value': street, 'original': street},
            {'field': 'postal_code', 'value': postal_code, 'original': postal_code},
            {'field': 'city', 'value': city, 'original': city},
            {'field': 'municipality_code', 'value': municipality_code, 'original': municipality_code},
            {'field': 'region_code', 'value': region_code, 'original': region_code},
            {'field': 'founded_date', 'value': founded_date::VARCHAR, 'original': founded_date::VARCHAR},
            {'field': 'registered_date', 'value': registered_date::VARCHAR, 'original': registered_date::VARCHAR},
            {'field': 'dissolved_date', 'value': dissolved_date::VARCHAR, 'original': dissolved_date::VARCHAR},
            {'field': 'purpose', 'value': purpose, 'original': purpose},
            {'field': 'activity', 'value': activity, 'original': activity},
            {'field': 'sector_code', 'value': sector_code, 'original': sector_code},
            {'field': 'is_vat_registered', 'value': is_vat_registered::VARCHAR, 'original': is_vat_registered::VARCHAR},
            {'field': 'is_in_group', 'value': is_in_group::VARCHAR, 'original': is_in_group::VARCHAR},
            {'field': 'last_accounts_year', 'value': last_accounts_year::VARCHAR, 'original': last_accounts_year::VARCHAR},
            {'field': 'capital_amount', 'value': capital_amount::VARCHAR, 'original': capital_amount::VARCHAR},
            {'field': 'capital_currency', 'value': capital_currency, 'original': capital_currency}
        ]) AS one
    FROM stated
)
SELECT
    company_id, one.field, one.value, coalesce(written.original, one.original), unpivoted.record_id, source,
    replace(source.record_url, '{key}', substr(unpivoted.record_id, strpos(unpivoted.record_id, ':') + 1)) AS url, source.licence,
    coalesce(
        other_origins[one.field],
        -- what follows from the field that a person edits
        CASE
            WHEN one.field IN ('employees_low', 'employees_high') THEN other_origins['employees']
            WHEN one.field = 'domain' AND starts_with(other_origins['website'], 'edit:') THEN other_origins['website']
            WHEN one.field = 'region_code' AND starts_with(other_origins['municipality_code'], 'edit:') THEN other_origins['municipality_code']
        END,
        anchor_record_id
    ) = unpivoted.record_id,
    first_known_at, last_known_at
FROM unpivoted
LEFT JOIN mart.source AS source ON source.name = unpivoted.source
LEFT JOIN mart.written AS written ON written.record_id = unpivoted.record_id AND written.field = unpivoted.one.field
WHERE one.value IS NOT NULL
UNION ALL
SELECT company_id, field, value, value, 'edit:' || decision_id, 'team', NULL, NULL, true, decided_at, decided_at
FROM mart.edit
UNION ALL
SELECT
    site.company_id, one.field, one.value, one.value, origin, site.source, one.url, source.licence,
    coalesce(other_origins[CASE WHEN one.field = 'domain' THEN 'website' ELSE one.field END] = origin, false), site.known_from, site.fetched_at
FROM (
    SELECT site.*, other_origins, source || ':' || site.domain AS origin, unnest([
        {'field': 'website', 'value': url, 'url': coalesce(evidence_url, url)},
        {'field': 'domain', 'value': site.domain, 'url': coalesce(evidence_url, url)},
        {'field': 'phone', 'value': phones[1], 'url': url},
        {'field': 'site_description', 'value': CASE WHEN other_origins['site_description'] = source || ':' || site.domain THEN site_description END, 'url': description_url}
    ]) AS one
    FROM mart.site AS site
    JOIN mart.company AS company ON company.company_id = site.company_id
) AS site
LEFT JOIN mart.source AS source ON source.name = site.source
WHERE one.value IS NOT NULL;

-- One row a company and product by whose traces its own web site is recognised.
CREATE VIEW mart.technology (
    company_id,                         -- open: Company
    technology,                         -- open: Product
    category,                           -- open: What sort of product
    seen_in,                            -- open: Where its trace stands: generator, script, link, html, header or cookie
    url,                                -- open: Start page of the site
    source,                             -- open: Source
    first_seen_at,                      -- internal: Since when the site has stated all that it does now (UTC)
    last_seen_at                        -- internal: When it was last read (UTC)
) AS
SELECT company_id, one.name, one.category, one.seen_in, url, source, known_from, fetched_at
FROM (SELECT *, unnest(technologies) AS one FROM mart.site);
