-- One row a field of the register record that is another by now than at `$record_seen`, and one where the CRM record has
-- a later version than that of `$crm_seen`. Values are given of what reads as one line.
SELECT
    'register' AS side, replace(field, '_', ' ') AS what, max(known_at) AS changed_at,
    CASE WHEN field IN ('name', 'status', 'country_code', 'entity_kind') THEN arg_min(old_value, known_at) END AS before,
    CASE WHEN field IN ('name', 'status', 'country_code', 'entity_kind') THEN arg_max(new_value, known_at) END AS after
FROM mart.change
WHERE record_id = $record_id
    AND known_at > $record_seen::TIMESTAMPTZ
    AND field IN ('name', 'names', 'status', 'country_code', 'entity_kind', 'identifiers', 'addresses', 'contact_points')
GROUP BY field
UNION ALL
SELECT 'crm', 'record', max(known_from), NULL, NULL
FROM (
    SELECT crm_id, known_from FROM people.mart.crm_company
    UNION ALL
    SELECT crm_id, known_from FROM people.mart.contact
)
WHERE crm_id = $crm_id AND known_from > $crm_seen::TIMESTAMPTZ
HAVING count(*) > 0
ORDER BY side, what;
