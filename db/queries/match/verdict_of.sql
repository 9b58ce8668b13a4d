-- One row: the verdict that was made on a CRM record at `$matched_at`, whether it stands or was replaced by now.
SELECT *
FROM (
    SELECT * FROM current_match
    UNION ALL BY NAME
    SELECT * FROM people.mart.match_past
)
WHERE crm_id = $crm_id AND matched_at = $matched_at
LIMIT 1;
