-- One row a record of the kind that is HubSpot's: open, or closed so lately that it can come back or be erased there.
-- The account's own, or of a file that did not say whose. core.crm_record stands for the table of the kind.
SELECT crm_id, crm_key, is_open, modified_at
FROM (
    SELECT
        crm_id, crm_key, known_to IS NULL AND NOT is_closed AS is_open, modified_at, known_to,
        row_number() OVER (PARTITION BY crm_id ORDER BY known_to IS NULL DESC, known_from DESC) AS place
    FROM core.crm_record
    WHERE crm_key IS NOT NULL AND list_contains($prefixes, left(crm_id, length(crm_id) - strpos(reverse(crm_id), ':') + 1))
)
WHERE place = 1 AND (is_open OR known_to >= $closed_since)
ORDER BY crm_id;
