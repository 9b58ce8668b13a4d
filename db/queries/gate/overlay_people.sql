-- Lays the pending decisions over the people file: contacts, matches, lists and natural persons.
CREATE OR REPLACE TEMP TABLE withheld_person_now AS
SELECT company_id FROM held_companies('people.mart.person_company');

CREATE OR REPLACE TEMP TABLE withheld_any_now AS
SELECT company_id FROM withheld_now
UNION ALL
SELECT company_id FROM withheld_person_now;

CREATE OR REPLACE TEMP TABLE withheld_crm_now AS
WITH named AS (
    SELECT crm_id, 'email' AS scheme, lower(email) AS value FROM people.mart.contact
    UNION ALL
    SELECT crm_id, 'domain', unnest([array_to_string(labels[first:], '.') FOR first IN range(1, length(labels))])
    FROM (SELECT crm_id, string_split(split_part(lower(email), '@', 2), '.') AS labels FROM people.mart.contact)
    UNION ALL SELECT crm_id, 'phone', unnest([phone, mobile]) FROM people.mart.contact
    UNION ALL SELECT crm_id, 'person', fold_person(first_name || ' ' || last_name) FROM people.mart.contact
    UNION ALL SELECT crm_id, 'domain', unnest(domains) FROM people.mart.crm_company
    UNION ALL SELECT crm_id, 'phone', phone FROM people.mart.crm_company
    UNION ALL SELECT crm_id, 'organisation', organisation_of(registration_scheme, registration_number) FROM people.mart.crm_company
    UNION ALL SELECT crm_id, 'person', fold_person(name) FROM people.mart.crm_company WHERE is_natural_person
),
held AS (
    SELECT crm_id
    FROM (SELECT crm_id, scheme, value FROM named WHERE value IS NOT NULL AND scheme IN (SELECT scheme FROM held_back))
    JOIN held_back USING (scheme)
    WHERE hmac_of(scheme, value) = hmac
)
SELECT crm_id FROM held
UNION
SELECT contact.crm_id
FROM people.mart.contact AS contact
JOIN people.mart.crm_company AS company ON company.crm_key = contact.company_crm_key
JOIN held ON held.crm_id = company.crm_id
UNION
SELECT crm_id FROM people.mart.contact WHERE company_id IN (SELECT company_id FROM withheld_any_now)
UNION
SELECT crm_id FROM people.mart.match WHERE company_id IN (SELECT company_id FROM withheld_any_now) AND state = 'accepted';

CREATE OR REPLACE TEMP VIEW current_person_company AS
SELECT * FROM people.mart.person_company WHERE company_id NOT IN (SELECT company_id FROM withheld_person_now);

CREATE OR REPLACE TEMP VIEW current_contact AS
SELECT * FROM people.mart.contact WHERE crm_id NOT IN (SELECT crm_id FROM withheld_crm_now);

-- A judgement turns the verdict at once; who is second best then is worked out by the next run of matching.
CREATE OR REPLACE TEMP VIEW current_match AS
SELECT
    match.* REPLACE (
        CASE
            WHEN same.crm_id IS NOT NULL THEN 'accepted'
            WHEN different.crm_id IS NOT NULL THEN 'none'
            ELSE match.state
        END AS state,
        CASE WHEN same.crm_id IS NOT NULL THEN same.record_id WHEN different.crm_id IS NOT NULL THEN NULL ELSE match.record_id END AS record_id,
        CASE WHEN same.crm_id IS NOT NULL THEN same.company_id WHEN different.crm_id IS NOT NULL THEN NULL ELSE match.company_id END AS company_id,
        CASE WHEN same.crm_id IS NOT NULL OR different.crm_id IS NOT NULL THEN 'judgement' ELSE match.decided_by END AS decided_by
    )
FROM people.mart.match AS match
LEFT JOIN (SELECT * FROM judged_now WHERE verdict = 'same') AS same ON same.crm_id = match.crm_id
LEFT JOIN (SELECT * FROM judged_now WHERE verdict = 'different') AS different
    ON different.crm_id = match.crm_id AND different.record_id = match.record_id
WHERE match.crm_id NOT IN (SELECT crm_id FROM withheld_crm_now);

CREATE OR REPLACE TEMP VIEW current_list_member AS
SELECT list_name, company_id, record_id, added_at, added_by, why
FROM people.mart.list_member
WHERE record_id || ' ' || list_name NOT IN (SELECT subject FROM touched_decision WHERE kind = 'list')
    AND company_id NOT IN (SELECT company_id FROM withheld_any_now)
UNION ALL
SELECT
    touched.payload ->> '$.list', coalesce(touched_company.company_id, (touched.payload ->> '$.company_id')::UUID), touched.record_id,
    decision.decided_at, decision.decided_by, decision.why
FROM touched_decision AS touched
JOIN journal_decision AS decision ON decision.kind = 'list' AND decision.subject = touched.subject AND decision.payload = touched.payload
LEFT JOIN touched_company ON touched_company.record_id = touched.record_id
WHERE touched.kind = 'list' AND (touched.payload ->> '$.member')::BOOLEAN
    AND coalesce(touched_company.company_id, (touched.payload ->> '$.company_id')::UUID) NOT IN (SELECT company_id FROM withheld_any_now);

CREATE OR REPLACE TEMP TABLE withheld_holder_now AS SELECT DISTINCT hmac FROM held_back WHERE scheme = 'person';
