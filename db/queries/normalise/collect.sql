-- Collects the latest versions that were never normalised, or only in an earlier version: one row a record, texts as the source
-- writes them. A record that left its source keeps its last version.
CREATE OR REPLACE TEMP TABLE normalise_todo AS
WITH closed AS (
    SELECT record_id, max(source_seq) AS source_seq
    FROM core.source_record
    WHERE is_closed
    GROUP BY record_id
),
latest AS (
    SELECT * FROM core.source_record WHERE known_to IS NULL
    UNION ALL
    SELECT version.*
    FROM core.source_record AS version
    JOIN closed ON closed.record_id = version.record_id AND closed.source_seq = version.source_seq
    WHERE version.is_closed
        AND version.known_to IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM core.source_record AS now WHERE now.record_id = version.record_id AND now.known_to IS NULL
        )
)
SELECT
    latest.record_id,
    latest.source,
    latest.country_code,
    latest.entity_kind,
    latest.is_natural_person,
    NOT latest.is_closed AND latest.status <> 'dissolved' AS is_live,
    latest.name,
    latest.names,
    latest.identifiers,
    list_filter(latest.contact_points, lambda point: point.kind = 'website')[1]."value" AS website,
    list_filter(latest.contact_points, lambda point: point.kind = 'email')[1]."value" AS email,
    list_filter(latest.contact_points, lambda point: point.kind = 'phone')[1]."value" AS phone,
    list_filter(latest.contact_points, lambda point: point.kind = 'mobile')[1]."value" AS mobile,
    coalesce(list_filter(latest.addresses, lambda place: place.kind = 'business')[1], latest.addresses[1]).street AS street,
    coalesce(
        list_filter(latest.addresses, lambda place: place.kind = 'business')[1], latest.addresses[1]
    ).postal_code AS postal_code,
    coalesce(list_filter(latest.addresses, lambda place: place.kind = 'business')[1], latest.addresses[1]).city AS city,
    latest.content_hash,
    latest.mapping_version
FROM latest
LEFT JOIN core.record_key AS known USING (record_id)
WHERE known.record_id IS NULL
    OR known.content_hash <> latest.content_hash
    OR known.mapping_version <> latest.mapping_version
    OR known.is_live <> (NOT latest.is_closed AND latest.status <> 'dissolved');

DELETE FROM core.record_key WHERE record_id IN (SELECT record_id FROM normalise_todo);
DELETE FROM core.record_name WHERE record_id IN (SELECT record_id FROM normalise_todo);
DELETE FROM core.identifier WHERE record_id IN (SELECT record_id FROM normalise_todo);

-- what was erased or withdrawn leaves nothing behind
DELETE FROM core.record_key WHERE record_id NOT IN (SELECT record_id FROM core.source_record);
DELETE FROM core.record_name WHERE record_id NOT IN (SELECT record_id FROM core.source_record);
DELETE FROM core.identifier WHERE record_id NOT IN (SELECT record_id FROM core.source_record);

INSERT INTO core.identifier
SELECT DISTINCT record_id, number.scheme, number."value"
FROM (SELECT record_id, unnest(identifiers) AS number FROM normalise_todo)
WHERE number."value" IS NOT NULL;
