-- One row a stated truth (`stated_truths`, lent: place in the file, left_id, right_id, right_label or null, crm_kind or null)
-- and CRM record that it names by its id in the CRM or ours, and the companies that it names by record, number, LEI, label
-- (NO:923609016, LEI:…) or our id. Without a kind it may name several: a CRM numbers companies and contacts separately.
WITH crm AS (
    SELECT crm_id, crm_kind, unnest(list_distinct([crm_id, crm_key])) AS said
    FROM (
        SELECT crm_id, crm_key, 'company' AS crm_kind FROM people.mart.crm_company
        UNION ALL BY NAME
        SELECT crm_id, crm_key, 'contact' AS crm_kind FROM current_contact
    )
),
named AS (
    SELECT
        company_id,
        unnest(list_concat(
            record_ids,
            [id_label, left(registration_scheme, 2) || ':' || replace(registration_number, '-', ''), 'LEI:' || lei],
            [registration_number, lei, company_id::VARCHAR]
        )) AS said
    FROM (
        SELECT company_id, record_ids, id_label, registration_scheme, registration_number, lei FROM current_company
        UNION ALL BY NAME
        SELECT company_id, record_ids, id_label, registration_scheme, registration_number, lei FROM current_person_company
    )
),
meant AS (
    SELECT truth.place, list(DISTINCT named.company_id::VARCHAR) AS company_ids
    FROM (SELECT place, unnest(list_distinct([right_id, right_label])) AS said FROM stated_truths) AS truth
    JOIN named USING (said)
    GROUP BY truth.place
)
SELECT truth.place, crm.crm_id, truth.right_id IS NOT NULL AS has_truth, coalesce(meant.company_ids, []) AS company_ids
FROM stated_truths AS truth
LEFT JOIN crm ON crm.said = truth.left_id AND (truth.crm_kind IS NULL OR crm.crm_kind = truth.crm_kind)
LEFT JOIN meant USING (place)
ORDER BY truth.place, crm.crm_id;
