-- How far a kind was pulled: one row, or none where every record has to be asked for, as when an import since the last
-- whole pull was undone.
WITH pulled AS (
    SELECT pull.*, import.undone_at IS NOT NULL AS is_undone
    FROM core.crm_pull AS pull LEFT JOIN core.import AS import USING (import_id)
    WHERE source = $source AND portal = $portal AND pull.kind = $kind
),
since AS (
    SELECT * FROM pulled WHERE pulled_at >= (SELECT max(pulled_at) FROM pulled WHERE is_whole)
)
SELECT
    max(modified_until) AS modified_until, arg_max(asked_sha256, pulled_at) AS asked_sha256, min(pulled_at) AS whole_at
FROM since HAVING count(*) > 0 AND NOT bool_or(is_undone);
