-- One row a record of the kind that is HubSpot's: open, or closed so lately that it can come back or be erased there.
-- The account's own, or of a file that did not say whose. core.crm_record stands for the table of the kind. It was live
-- there at a pull that left it open; a file proves nothing of the kind.
WITH pulled AS (
    SELECT pulled_at
    FROM core.crm_pull
    WHERE source = $source AND portal = $portal AND kind = $kind AND pulled_at >= $live_since
        AND (import_id IS NULL OR import_id NOT IN (SELECT import_id FROM core.import WHERE undone_at IS NOT NULL))
),
version AS (
    SELECT *
    FROM core.crm_record
    WHERE crm_key IS NOT NULL AND list_contains($prefixes, left(crm_id, length(crm_id) - strpos(reverse(crm_id), ':') + 1))
),
live AS (
    SELECT DISTINCT crm_id
    FROM version ASOF JOIN pulled ON pulled_at < coalesce(known_to, 'infinity'::TIMESTAMPTZ)
    WHERE pulled_at >= known_from
)
SELECT crm_id, crm_key, is_open, crm_id IN (FROM live) AS is_lately_live, modified_at
FROM (
    SELECT
        crm_id, crm_key, known_to IS NULL AND NOT is_closed AS is_open, modified_at, known_to,
        row_number() OVER (PARTITION BY crm_id ORDER BY known_to IS NULL DESC, known_from DESC) AS place
    FROM version
)
WHERE place = 1 AND (is_open OR known_to >= $closed_since)
ORDER BY crm_id;
