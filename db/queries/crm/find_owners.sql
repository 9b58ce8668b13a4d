-- Makes crm_owner_named: one row a text by which companies, contacts and deals name their owner, with that owner's id.
-- It is the CRM's owner id, an e-mail address, or a name that only one owner has; null where none or several fit.
CREATE OR REPLACE TEMP TABLE crm_owner_spelling AS
WITH spelling AS (
    SELECT coalesce(crm_key, crm_id) AS owner_id,
           unnest([lower(trim(crm_key)), lower(trim(email)), lower(trim(name))]) AS spelling
    FROM core.crm_owner WHERE known_to IS NULL
)
SELECT spelling, any_value(owner_id) AS owner_id FROM spelling
WHERE spelling <> '' GROUP BY spelling HAVING count(DISTINCT owner_id) = 1;

-- CRMs also write "Kari Nordmann (kari@example.no)" and "Kari Nordmann (Deactivated User)"
CREATE OR REPLACE TEMP TABLE crm_owner_named AS
WITH named AS (
    SELECT owner_original FROM core.crm_company UNION
    SELECT owner_original FROM core.crm_contact UNION
    SELECT owner_original FROM core.crm_deal
)
SELECT n.owner_original, coalesce(whole.owner_id, email.owner_id, bare.owner_id) AS owner_id
FROM named n
LEFT JOIN crm_owner_spelling whole ON whole.spelling = lower(trim(n.owner_original))
LEFT JOIN crm_owner_spelling email
    ON email.spelling = regexp_extract(lower(n.owner_original), '[^\s<>()]+@[^\s<>()]+')
LEFT JOIN crm_owner_spelling bare
    ON bare.spelling = trim(regexp_replace(lower(n.owner_original), '\s*[(<].*[)>]\s*$', ''))
WHERE n.owner_original IS NOT NULL;
