-- Fills a new companies file (the current catalogue) from the warehouse: no natural person, nobody held back. mart.company
-- is made before. What a site says of its company is left out where it names a person who is known here.
INSERT INTO mart.company
SELECT * REPLACE (CASE WHEN company_id NOT IN (SELECT company_id FROM naming_company) THEN site_description END AS site_description)
FROM warehouse.core.company
WHERE NOT is_natural_person AND company_id NOT IN (SELECT company_id FROM withheld_company)
ORDER BY country_code, industry_code, employees_low DESC;

-- One row a record of a company that several records make up, or that somebody edited; of all others mart.company
-- itself is the record. mart.fact reads both.
CREATE TABLE mart.record AS
SELECT * FROM published_record;

-- One row a phone number that a record writes otherwise than mart.company; mart.fact shows it as the original.
CREATE TABLE mart.written AS
SELECT written.record_id, 'phone' AS field, written.phone AS original
FROM published_phone AS written
JOIN (SELECT unnest(record_ids) AS record_id FROM mart.company) AS published USING (record_id);

CREATE TABLE mart.edit AS
SELECT edit.company_id, edit.field, edit.value, edit.decision_id, edit.decided_at
FROM warehouse.core.current_edit AS edit
SEMI JOIN mart.company USING (company_id);

-- That contact points changed is said, not how: an e-mail address may be a person's.
CREATE TABLE mart.change AS
SELECT
    member.company_id, change.record_id, change.kind, change.field,
    CASE WHEN change.field IS DISTINCT FROM 'contact_points' THEN change.old_value END AS old_value,
    CASE WHEN change.field IS DISTINCT FROM 'contact_points' THEN change.new_value END AS new_value,
    change.known_at
FROM warehouse.core.change AS change
JOIN warehouse.core.company_member AS member USING (record_id)
SEMI JOIN mart.company ON mart.company.company_id = member.company_id
ORDER BY change.known_at;

CREATE TABLE mart.account AS
SELECT member.company_id, account.* EXCLUDE (run_id, known_to)
FROM warehouse.core.account AS account
JOIN warehouse.core.company_member AS member USING (record_id)
SEMI JOIN mart.company ON mart.company.company_id = member.company_id
WHERE account.known_to IS NULL
ORDER BY member.company_id, account.period_to;

-- Of companies that a national register states too, or that are in the CRM: millions have nothing but an LEI.
CREATE TABLE mart.parent_not_told AS
SELECT DISTINCT
    company.company_id,
    CASE relation.kind WHEN 'parent_exception' THEN 'direct' ELSE 'ultimate' END AS parent,
    relation.value AS reason, relation.source
FROM warehouse.core.relation AS relation
JOIN warehouse.core.company_member AS member USING (record_id)
JOIN mart.company AS company ON company.company_id = member.company_id
WHERE relation.known_to IS NULL
    AND relation.kind IN ('parent_exception', 'ultimate_parent_exception')
    AND (len(company.record_ids) > 1 OR company.is_in_crm)
ORDER BY ALL;

CREATE TABLE mart.exchange_rate AS
SELECT rate_date, currency, per_euro
FROM warehouse.core.exchange_rate
WHERE rate_date IN (SELECT revenue_rate_date FROM mart.company)
ORDER BY rate_date, currency;

CREATE TABLE mart.site AS
WITH held AS (
    SELECT coalesce(list(text), []) AS texts FROM withheld_value
)
SELECT member.company_id, site.* EXCLUDE (run_id, known_to, asked_domain, description) REPLACE (
    list_filter(site.emails, lambda one: NOT list_contains(held.texts, one)) AS emails,
    list_filter(site.phones, lambda one: NOT list_contains(held.texts, one)) AS phones
)
FROM warehouse.core.site AS site
CROSS JOIN held
JOIN warehouse.core.company_member AS member USING (record_id)
SEMI JOIN mart.company ON mart.company.company_id = member.company_id
WHERE site.known_to IS NULL AND NOT list_contains(held.texts, site.domain)
ORDER BY member.company_id;

-- Registers state industries to the last digit: a division that companies have is named by `division_title` (lent) where no list does.
CREATE TABLE mart.code AS
WITH division AS (
    SELECT scheme, code, title
    FROM division_title
    WHERE scheme || code IN (SELECT DISTINCT industry_scheme || left(industry_code, 2) FROM mart.company)
)
SELECT scheme, code, coalesce(stated.title, division.title) AS title
FROM warehouse.core.code AS stated
FULL JOIN division USING (scheme, code);

CREATE TABLE mart.correspondence AS
SELECT old_scheme, old_code, new_scheme, new_code, source FROM warehouse.core.correspondence ORDER BY ALL;

CREATE TABLE mart.source AS
WITH delivered AS (
    SELECT source, max(fetched_at) AS last_delivery_at FROM warehouse.core.run WHERE outcome IN ('ok', 'unchanged') GROUP BY source
),
counted AS (
    SELECT source, count(*) AS row_count FROM warehouse.core.source_record WHERE known_to IS NULL GROUP BY source
    UNION ALL
    SELECT source, count(*) FROM warehouse.core.signal WHERE known_to IS NULL AND content_at IS NOT NULL GROUP BY source
    UNION ALL
    SELECT source, count(*) FROM warehouse.core.site WHERE known_to IS NULL GROUP BY source
),
visited AS (
    SELECT source, max(fetched_at) AS last_visit_at FROM warehouse.core.site GROUP BY source
)
SELECT
    declared.source AS name, title, licence, attribution, publisher, homepage, record_url,
    coalesce(last_delivery_at, last_visit_at) AS last_delivery_at,
    coalesce(row_count, 0) AS row_count
FROM source_declaration AS declared
LEFT JOIN delivered ON delivered.source = declared.source
LEFT JOIN counted ON counted.source = declared.source
LEFT JOIN visited ON visited.source = declared.source;

-- An agency's ad is for a client that it does not name: division 78 is employment activities in every list made of NACE 2.
CREATE TABLE mart.signal AS
SELECT
    linked.company_id, signal.kind, signal.status, signal.happened_date, signal.expires_date, signal.ended_date, signal.title,
    signal.occupations, signal.places, signal.position_count, signal.subjects, signal.amount, signal.amount_currency,
    CASE
        WHEN signal.kind <> 'job_ad' THEN NULL
        WHEN company.industry_scheme IS NULL OR company.industry_scheme IN (SELECT scheme FROM nace_list)
            THEN starts_with(company.industry_code, '78')
    END AS is_agency,
    signal.signal_id, signal.url, signal.source, declared.licence, signal.known_from
FROM warehouse.core.company_signal AS linked
JOIN warehouse.core.signal AS signal ON signal.signal_id = linked.signal_id AND signal.known_to IS NULL
JOIN mart.company AS company ON company.company_id = linked.company_id
LEFT JOIN source_declaration AS declared ON declared.source = signal.source
ORDER BY linked.company_id, signal.happened_date DESC;

CREATE TABLE mart.signal_coverage AS
SELECT kind, country_code, source, covered_from, covered_until FROM warehouse.core.signal_coverage;
