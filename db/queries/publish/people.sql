-- Fills a new people file (the current catalogue) from the warehouse: whoever is held back is not in it.
-- mart.person_company is made before.
INSERT INTO mart.person_company
SELECT *
FROM warehouse.core.company
WHERE is_natural_person AND company_id NOT IN (SELECT company_id FROM withheld_company)
ORDER BY country_code, industry_code;

CREATE TABLE mart.crm_company AS
SELECT * EXCLUDE (import_id, known_to, is_closed, closed_by, row_hash, key_hmac)
FROM warehouse.core.crm_company
WHERE known_to IS NULL AND NOT is_closed AND crm_id NOT IN (SELECT crm_id FROM withheld_crm);

-- Who opted out of e-mail is counted, but has no address or number here that a list could be made of.
CREATE TABLE mart.contact AS
WITH matched AS (
    SELECT crm_id, company_id FROM warehouse.core.match WHERE state = 'accepted'
),
employer AS (
    SELECT crm_company.crm_key, any_value(matched.company_id) AS company_id
    FROM warehouse.core.crm_company AS crm_company
    JOIN matched USING (crm_id)
    WHERE known_to IS NULL AND NOT is_closed
    GROUP BY crm_company.crm_key
)
SELECT
    contact.* EXCLUDE (import_id, known_to, is_closed, closed_by, row_hash, key_hmac) REPLACE (
        CASE WHEN has_opted_out IS NOT TRUE THEN email END AS email,
        CASE WHEN has_opted_out IS NOT TRUE THEN phone END AS phone,
        CASE WHEN has_opted_out IS NOT TRUE THEN mobile END AS mobile
    ),
    coalesce(matched.company_id, employer.company_id) AS company_id
FROM warehouse.core.crm_contact AS contact
LEFT JOIN matched ON matched.crm_id = contact.crm_id
LEFT JOIN employer ON employer.crm_key = contact.company_crm_key
WHERE known_to IS NULL AND NOT is_closed AND contact.crm_id NOT IN (SELECT crm_id FROM withheld_crm);

CREATE TABLE mart.match AS
SELECT *
FROM warehouse.core.match
WHERE crm_id NOT IN (SELECT crm_id FROM withheld_crm)
    AND (company_id IS NULL OR company_id NOT IN (SELECT company_id FROM withheld_company));

CREATE TABLE mart.match_evidence AS
SELECT *
FROM warehouse.core.match_evidence
WHERE crm_id NOT IN (SELECT crm_id FROM withheld_crm)
    AND (company_id IS NULL OR company_id NOT IN (SELECT company_id FROM withheld_company));

CREATE TABLE mart.match_past AS
SELECT *
FROM warehouse.core.match_past
WHERE crm_id NOT IN (SELECT crm_id FROM withheld_crm)
    AND (company_id IS NULL OR company_id NOT IN (SELECT company_id FROM withheld_company));

CREATE TABLE mart.match_evidence_past AS
SELECT *
FROM warehouse.core.match_evidence_past
WHERE crm_id NOT IN (SELECT crm_id FROM withheld_crm)
    AND (company_id IS NULL OR company_id NOT IN (SELECT company_id FROM withheld_company));

CREATE TABLE mart.resolution_review AS
SELECT
    review.* EXCLUDE (run_id), one.company_id AS left_company_id, other.company_id AS right_company_id
FROM warehouse.core.resolution_review AS review
JOIN warehouse.core.company_member AS one ON one.record_id = review.left_id
JOIN warehouse.core.company_member AS other ON other.record_id = review.right_id
WHERE one.company_id NOT IN (SELECT company_id FROM withheld_company)
    AND other.company_id NOT IN (SELECT company_id FROM withheld_company);

CREATE TEMP TABLE shown_role AS
SELECT member.company_id, role.* EXCLUDE (run_id, known_to)
FROM warehouse.core.role AS role
JOIN warehouse.core.company_member AS member USING (record_id)
WHERE role.known_to IS NULL
    AND member.company_id NOT IN (SELECT company_id FROM withheld_company)
    AND (
        NOT EXISTS (SELECT 1 FROM held_back WHERE scheme = 'person')
        OR holder_kind <> 'person'
        OR hmac_of('person', fold_person(holder_name)) NOT IN (SELECT hmac FROM held_back WHERE scheme = 'person')
    );

CREATE TABLE mart.role AS SELECT * EXCLUDE (combination) FROM shown_role WHERE combination IS NULL;

CREATE TABLE mart.mandate AS
WITH named AS (
    SELECT record_id, group_code, combination, list({'name': holder_name, 'role_code': role_code} ORDER BY position) AS holders
    FROM shown_role
    WHERE combination IS NOT NULL
    GROUP BY ALL
)
SELECT
    member.company_id, mandate.*, coalesce(named.holders, CAST([] AS STRUCT(name VARCHAR, role_code VARCHAR)[])) AS holders
FROM warehouse.core.mandate AS mandate
JOIN warehouse.core.company_member AS member USING (record_id)
LEFT JOIN named
    ON named.record_id = mandate.record_id AND named.group_code = mandate.kind AND named.combination = mandate.combination
WHERE member.company_id NOT IN (SELECT company_id FROM withheld_company);

DROP TABLE shown_role;

CREATE TABLE mart.owner AS
WITH listed AS (
    SELECT coalesce(crm_key, crm_id) AS owner_id, name, email
    FROM warehouse.core.crm_owner
    WHERE known_to IS NULL AND NOT is_closed
), named AS (  -- owners whom only the text on their records names
    SELECT owner_id, owner_original FROM warehouse.core.crm_company WHERE known_to IS NULL
    UNION SELECT owner_id, owner_original FROM warehouse.core.crm_contact WHERE known_to IS NULL
    UNION SELECT owner_id, owner_original FROM warehouse.core.crm_deal WHERE known_to IS NULL
)
SELECT * FROM listed
UNION ALL
SELECT
    owner_id,
    min(owner_original) FILTER (NOT contains(owner_original, '@')),
    min(lower(owner_original)) FILTER (contains(owner_original, '@'))
FROM named
WHERE owner_id IS NOT NULL AND owner_id NOT IN (SELECT owner_id FROM listed)
GROUP BY owner_id;

-- A deal of several companies has a row each; without name and owner: what is asked of deals is how they ended.
CREATE TABLE mart.deal AS
SELECT
    deal.crm_id, matched.company_id, deal.stage, deal.closed_date, deal.amount, deal.currency, deal.created_at, deal.modified_at
FROM warehouse.core.crm_deal AS deal
LEFT JOIN (
    SELECT DISTINCT dealt.crm_id, match.company_id
    FROM crm_deal_company AS dealt
    JOIN warehouse.core.match AS match ON match.crm_id = dealt.company_crm_id AND match.state = 'accepted'
) AS matched ON matched.crm_id = deal.crm_id
WHERE deal.known_to IS NULL AND NOT deal.is_closed
    AND (matched.company_id IS NULL OR matched.company_id NOT IN (SELECT company_id FROM withheld_company));

CREATE TABLE mart.list_member AS
SELECT list_name, company_id, record_id, decided_at AS added_at, decided_by AS added_by, why
FROM warehouse.core.current_list
WHERE company_id NOT IN (SELECT company_id FROM withheld_company);
