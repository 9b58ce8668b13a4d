-- Gives every version of a company, contact and deal the id of the owner that its text names, by today's owners:
-- by the CRM's owner id, an e-mail address, or a name that only one owner has; null where none or several fit.
CREATE OR REPLACE TEMP TABLE crm_owner_spelling AS
WITH spelling AS (
    SELECT crm_id, unnest([lower(trim(crm_key)), lower(trim(email)), lower(trim(name))]) AS spelling
    FROM core.crm_owner WHERE known_to IS NULL
)
SELECT spelling, any_value(crm_id) AS crm_id FROM spelling
WHERE spelling <> '' GROUP BY spelling HAVING count(DISTINCT crm_id) = 1;

-- "Kari Nordmann (kari@example.no)" and "Kari Nordmann (Deactivated User)" are written by CRMs, too
CREATE OR REPLACE TEMP TABLE crm_owner_named AS
WITH named AS (
    SELECT owner_original FROM core.crm_company UNION
    SELECT owner_original FROM core.crm_contact UNION
    SELECT owner_original FROM core.crm_deal
)
SELECT n.owner_original, coalesce(whole.crm_id, email.crm_id, bare.crm_id) AS owner_id
FROM named n
LEFT JOIN crm_owner_spelling whole ON whole.spelling = lower(trim(n.owner_original))
LEFT JOIN crm_owner_spelling email ON email.spelling = regexp_extract(lower(n.owner_original), '[^\s<>()]+@[^\s<>()]+')
LEFT JOIN crm_owner_spelling bare ON bare.spelling = trim(regexp_replace(lower(n.owner_original), '\s*[(<].*[)>]\s*$', ''))
WHERE n.owner_original IS NOT NULL;

UPDATE core.crm_company SET owner_id = n.owner_id FROM crm_owner_named n
WHERE crm_company.owner_original = n.owner_original AND crm_company.owner_id IS DISTINCT FROM n.owner_id;
UPDATE core.crm_contact SET owner_id = n.owner_id FROM crm_owner_named n
WHERE crm_contact.owner_original = n.owner_original AND crm_contact.owner_id IS DISTINCT FROM n.owner_id;
UPDATE core.crm_deal SET owner_id = n.owner_id FROM crm_owner_named n
WHERE crm_deal.owner_original = n.owner_original AND crm_deal.owner_id IS DISTINCT FROM n.owner_id;
