-- Finds everything about the subjects of `erased_subject` (scheme, hmac): records of natural persons, CRM records.
-- A legal entity's record stays, without the contact point or role that is the subject's.
CREATE OR REPLACE TEMP TABLE erased_record AS
WITH RECURSIVE person AS (
    SELECT record_id, name, identifiers, contact_points, country_code
    FROM core.source_record
    WHERE is_natural_person OR record_id IN (
        SELECT unnest(record_ids) FROM core.company WHERE is_natural_person
    )
),
named AS (
    SELECT record_id, 'person' AS scheme, fold_person(name) AS value FROM person
    UNION
    SELECT record_id, 'organisation', organisation_of(one.scheme, one."value")
    FROM (SELECT record_id, unnest(identifiers) AS one FROM person)
    UNION
    SELECT record_id, 'email', lower(trim(one."value"))
    FROM (SELECT record_id, unnest(contact_points) AS one FROM person)
    WHERE one.kind = 'email'
    UNION
    SELECT record_id, 'phone', phone FROM core.record_key SEMI JOIN person USING (record_id)
    UNION
    SELECT record_id, 'record', record_id FROM person
),
-- the sole trader, then its sub-units
erased AS (
    SELECT record_id
    FROM named
    WHERE scheme IN (SELECT scheme FROM erased_subject) AND value IS NOT NULL
        AND hmac_of(scheme, value) IN (SELECT hmac FROM erased_subject)
    UNION
    SELECT relation.record_id
    FROM erased
    JOIN core.source_record AS above ON above.record_id = erased.record_id
    JOIN core.relation AS relation ON relation.value = above.source_key
    WHERE relation.kind IN ('establishment_of', 'branch_of')
)
SELECT record_id FROM erased;

CREATE OR REPLACE TEMP TABLE erased_crm AS
WITH named AS (
    SELECT crm_id, 'email' AS scheme, lower(email) AS value FROM core.crm_contact
    UNION
    SELECT crm_id, 'phone', unnest([phone, mobile]) FROM core.crm_contact
    UNION
    SELECT crm_id, 'person', fold_person(first_name || ' ' || last_name) FROM core.crm_contact
    UNION
    SELECT crm_id, 'person', fold_person(name) FROM core.crm_company WHERE is_natural_person
    UNION
    SELECT crm_id, 'phone', phone FROM core.crm_company WHERE is_natural_person
    UNION
    SELECT crm_id, 'organisation', organisation_of(registration_scheme, registration_number) FROM core.crm_company
    UNION
    SELECT crm_id, 'record', crm_id FROM core.crm_contact
    UNION
    SELECT crm_id, 'record', crm_id FROM core.crm_company
)
SELECT crm_id
FROM named
WHERE value IS NOT NULL AND scheme IN (SELECT scheme FROM erased_subject)
    AND hmac_of(scheme, value) IN (SELECT hmac FROM erased_subject)
UNION
SELECT crm_id
FROM core.match
WHERE crm_kind = 'company' AND state = 'accepted' AND record_id IN (SELECT record_id FROM erased_record);

-- One row a role that the subject holds: a person of that name in the company of the contact, or of that name anywhere
-- when the name is what was asked for; and a role that an erasure took before and a register states again.
CREATE OR REPLACE TEMP TABLE erased_role AS
SELECT DISTINCT role.record_id, role.holder_name
FROM core.role AS role
JOIN core.match AS match USING (record_id)
JOIN core.crm_contact AS contact ON contact.crm_id = match.crm_id
SEMI JOIN erased_crm ON erased_crm.crm_id = contact.crm_id
WHERE role.holder_kind = 'person' AND match.state = 'accepted'
    AND fold_person(role.holder_name) = fold_person(contact.first_name || ' ' || contact.last_name)
UNION
SELECT DISTINCT record_id, holder_name
FROM core.role
WHERE holder_kind = 'person' AND 'person' IN (SELECT scheme FROM erased_subject)
    AND hmac_of('person', fold_person(holder_name)) IN (SELECT hmac FROM erased_subject)
UNION
SELECT DISTINCT record_id, holder_name
FROM core.role
WHERE holder_kind = 'person' AND 'record' IN (SELECT scheme FROM erased_subject)
    AND hmac_of('record', record_id || ' ' || fold_person(holder_name)) IN (SELECT hmac FROM erased_subject);

-- One row a text by which the subject can be found again in free text, files and other people's rows.
CREATE OR REPLACE TEMP TABLE erased_text AS
WITH said AS (
    SELECT unnest([email, phone, mobile, first_name || ' ' || last_name]) AS text FROM core.crm_contact SEMI JOIN erased_crm USING (crm_id)
    UNION
    SELECT unnest([name, phone, registration_number]) FROM core.crm_company SEMI JOIN erased_crm USING (crm_id) WHERE is_natural_person
    UNION
    SELECT name FROM core.source_record SEMI JOIN erased_record USING (record_id)
    UNION
    SELECT unnest(list_transform(list_filter(contact_points, lambda one: one.kind <> 'website'), lambda one: one."value"))
    FROM core.source_record SEMI JOIN erased_record USING (record_id)
    UNION
    SELECT one."value"
    FROM (
        SELECT unnest(contact_points) AS one
        FROM core.source_record
        WHERE record_id IN (
            SELECT record_id
            FROM (SELECT record_id, unnest([phone, mobile]) AS phone FROM core.record_key)
            WHERE 'phone' IN (SELECT scheme FROM erased_subject)
                AND hmac_of('phone', phone) IN (SELECT hmac FROM erased_subject)
        )
    )
    WHERE one.kind IN ('phone', 'mobile')
    UNION
    SELECT email
    FROM (
        SELECT DISTINCT lower(trim(one."value")) AS email
        FROM (SELECT unnest(contact_points) AS one FROM core.source_record)
        WHERE one.kind = 'email' AND 'email' IN (SELECT scheme FROM erased_subject)
    )
    WHERE hmac_of('email', email) IN (SELECT hmac FROM erased_subject)
    UNION
    SELECT unnest([phone, mobile]) FROM core.record_key SEMI JOIN erased_record USING (record_id)
    UNION
    SELECT email
    FROM (SELECT DISTINCT lower(trim(unnest(emails))) AS email FROM core.site WHERE 'email' IN (SELECT scheme FROM erased_subject))
    WHERE hmac_of('email', email) IN (SELECT hmac FROM erased_subject)
    UNION
    SELECT phone
    FROM (SELECT DISTINCT unnest(phones) AS phone FROM core.site WHERE 'phone' IN (SELECT scheme FROM erased_subject))
    WHERE hmac_of('phone', phone) IN (SELECT hmac FROM erased_subject)
    UNION
    SELECT source_key FROM core.source_record SEMI JOIN erased_record USING (record_id)
)
SELECT DISTINCT lower(trim(text)) AS text FROM said WHERE length(trim(text)) > 4;
