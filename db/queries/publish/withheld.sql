-- One row an HMAC that holds somebody back: a suppression that stands, or the tombstone of an erasure
-- (records that came back are purged before, by enrich/purge.py).
CREATE OR REPLACE TEMP TABLE held_back AS
SELECT scheme, hmac, 'suppressed' AS rule FROM core.current_suppression
UNION
SELECT scheme, hmac, 'erased' FROM core.tombstone WHERE reason = 'erasure' AND scheme <> 'record';

-- One row a company that is in no published file, with the rule that keeps it out.
CREATE OR REPLACE TEMP TABLE withheld_company AS
SELECT * FROM held_companies('core.company');

-- One row a domain, e-mail address or phone of a company's own site that is in no published file.
CREATE OR REPLACE TEMP TABLE withheld_value AS
SELECT text FROM held_values('core.site');

-- One row a CRM record (company or contact) that is in no published file: itself held back, or of a company that is.
CREATE OR REPLACE TEMP TABLE withheld_crm AS
WITH contact AS (
    SELECT * FROM core.crm_contact WHERE known_to IS NULL AND NOT is_closed
),
company AS (
    SELECT * FROM core.crm_company WHERE known_to IS NULL AND NOT is_closed
),
named AS (
    SELECT crm_id, 'email' AS scheme, lower(email) AS value FROM contact
    UNION ALL
    -- kari@mail.example.no is held back by mail.example.no and by example.no
    SELECT crm_id, 'domain', unnest([array_to_string(labels[first:], '.') FOR first IN range(1, length(labels))])
    FROM (SELECT crm_id, string_split(split_part(lower(email), '@', 2), '.') AS labels FROM contact)
    UNION ALL
    SELECT crm_id, 'phone', unnest([phone, mobile]) FROM contact
    UNION ALL
    SELECT crm_id, 'person', fold_person(first_name || ' ' || last_name) FROM contact
    UNION ALL
    SELECT crm_id, 'domain', unnest(domains) FROM company
    UNION ALL
    SELECT crm_id, 'phone', phone FROM company
    UNION ALL
    SELECT crm_id, 'organisation', organisation_of(registration_scheme, registration_number) FROM company
    UNION ALL
    SELECT crm_id, 'person', fold_person(name) FROM company WHERE is_natural_person
),
held AS (
    SELECT crm_id
    FROM named
    JOIN held_back ON held_back.scheme = named.scheme AND held_back.hmac = hmac_of(named.scheme, named.value)
    WHERE value IS NOT NULL
    UNION
    SELECT crm_id FROM core.match JOIN withheld_company USING (company_id) WHERE state = 'accepted'
)
SELECT crm_id FROM held
UNION
SELECT contact.crm_id
FROM contact
JOIN company ON company.crm_key = contact.company_crm_key
JOIN held ON held.crm_id = company.crm_id;
