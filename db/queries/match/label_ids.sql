-- One row an id of `asked_ids` (lent, with the number of a company that it is, if it is one: NO:923609016, LEI:…) that names
-- something, and what a judgement has to name for it: the CRM record (for a contact of a CRM company that company, whose verdict
-- it has), or each register record of the company. Held back means not found.
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
    SELECT
        record_ids,
        unnest(list_concat(
            record_ids,
            [id_label, left(registration_scheme, 2) || ':' || replace(registration_number, '-', ''), 'LEI:' || lei]
        )) AS said
    FROM (
        SELECT record_ids, id_label, registration_scheme, registration_number, lei FROM current_company
        UNION ALL BY NAME
        SELECT record_ids, id_label, registration_scheme, registration_number, lei FROM current_person_company
    )
)
SELECT DISTINCT asked.id, 'crm' AS side, crm.known_as
FROM asked_ids AS asked
JOIN crm ON crm.crm_id = asked.id OR crm.crm_key = asked.id
UNION ALL
SELECT DISTINCT
    asked.id, 'register',
    unnest(CASE WHEN list_contains(register.record_ids, said) THEN [said] ELSE register.record_ids END)
FROM (SELECT id, unnest(list_distinct([id, label])) AS said FROM asked_ids) AS asked
JOIN register USING (said)
ORDER BY ALL;
