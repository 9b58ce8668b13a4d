-- Brings the links of the records in `land_linked` to what `land_link` says, for the kinds that the layout knows.
UPDATE core.relation SET known_to = $fetched_at
WHERE source = $source AND known_to IS NULL AND list_contains($kinds, kind)
    AND record_id IN (SELECT record_id FROM land_linked)
    AND NOT EXISTS (
        SELECT 1 FROM land_link AS link
        WHERE link.record_id = relation.record_id AND link.kind = relation.kind
            AND link.scheme = relation.scheme AND link.value = relation.value
    );

INSERT INTO core.relation
SELECT link.record_id, link.kind, link.scheme, link.value, $source, $run_id::UUID, $fetched_at, NULL, NULL, NULL
FROM land_link AS link
SEMI JOIN land_linked ON land_linked.record_id = link.record_id
ANTI JOIN (
    SELECT record_id, kind, scheme, value FROM core.relation WHERE source = $source AND known_to IS NULL
) AS known USING (record_id, kind, scheme, value);
