-- One row a CRM record in whose name `$asked` is found, or that is spelt much like it, the likest first.
WITH record AS (
    SELECT 'company' AS kind, crm_id, crm_key, name AS label FROM people.mart.crm_company
    UNION ALL
    SELECT 'contact', crm_id, crm_key, nullif(concat_ws(' ', first_name, last_name), '') FROM current_contact
),
likened AS (
    SELECT
        kind, crm_id, crm_key, label, contains(lower(label), lower($asked)) AS is_part,
        jaro_winkler_similarity(lower(label), lower($asked)) AS likeness
    FROM record
    SEMI JOIN current_match AS verdict ON verdict.crm_id = record.crm_id AND verdict.crm_kind = record.kind
)
SELECT kind, crm_id, crm_key, label
FROM likened
WHERE is_part OR likeness > 0.85
ORDER BY is_part DESC, likeness DESC, crm_id
LIMIT $limit;
