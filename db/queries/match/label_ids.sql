-- One row an id of `asked_ids` (lent) that names something, and what a judgement has to name for it: the CRM record (for a
-- contact of a CRM company that company, whose verdict it has), or the register record. Held back means not found.
WITH employer AS (
    SELECT crm_key, min(crm_id) AS crm_id FROM people.mart.crm_company GROUP BY crm_key
),
crm AS (
    SELECT crm_id, crm_key, crm_id AS known_as FROM people.mart.crm_company
    UNION ALL
    SELECT contact.crm_id, contact.crm_key, coalesce(employer.crm_id, contact.crm_id)
    FROM current_contact AS contact
    LEFT JOIN employer ON employer.crm_key = contact.company_crm_key
),
register AS (
    SELECT unnest(record_ids) AS record_id FROM current_company
    UNION ALL
    SELECT unnest(record_ids) FROM current_person_company
)
SELECT DISTINCT asked.id, 'crm' AS side, crm.known_as
FROM asked_ids AS asked
JOIN crm ON crm.crm_id = asked.id OR crm.crm_key = asked.id
UNION ALL
SELECT DISTINCT asked.id, 'register', register.record_id
FROM asked_ids AS asked
JOIN register ON register.record_id = asked.id
ORDER BY ALL;
