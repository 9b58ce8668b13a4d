-- One row a record of a company that is `wanted` (lent) and whose own web site is, under the record that it is asked for (the
-- anchor), in the order to ask. Of the companies that have an address, or are in the CRM, the first `$most`: those that `$source` was asked about since `$since` behind the
-- others, so that they keep nobody out; and how many there are in all (`company_count`).
WITH asked AS (
    SELECT DISTINCT member.company_id
    FROM core.site_inquiry AS inquiry
    JOIN core.company_member AS member USING (record_id)
    WHERE inquiry.source = $source AND inquiry.asked_at >= $since
),
addressed AS (
    SELECT DISTINCT member.company_id
    FROM core.record_key AS key
    JOIN core.company_member AS member USING (record_id)
    WHERE key.domain IS NOT NULL OR key.email_domain IS NOT NULL
),
wanting AS (
    SELECT member.company_id, min(wanted.place) AS place
    FROM wanted
    JOIN core.company_member AS member ON member.record_id = wanted.record_id
    LEFT JOIN addressed ON addressed.company_id = member.company_id
    WHERE wanted.place = 0 OR addressed.company_id IS NOT NULL
    GROUP BY member.company_id
),
placed AS (
    SELECT wanting.company_id, wanting.place, count(*) OVER () AS company_count
    FROM wanting
    LEFT JOIN asked ON asked.company_id = wanting.company_id
    ORDER BY asked.company_id IS NOT NULL, wanting.place, wanting.company_id
    LIMIT $most
),
-- by their own records, or by what stands above them: a sole trader's sub-unit
persons AS (
    SELECT DISTINCT member.company_id
    FROM placed
    JOIN core.company_member AS member USING (company_id)
    JOIN core.source_record AS record ON record.record_id = member.record_id
    WHERE record.is_natural_person
    UNION
    SELECT company_id FROM core.company WHERE is_natural_person
)
SELECT
    anchor.record_id, placed.company_id, record.name, record.names, record.identifiers, record.addresses, record.country_code,
    CASE WHEN key.domain IS NOT NULL THEN list_filter(record.contact_points, lambda one: one.kind = 'website')[1]."value" END AS website,
    key.email_domain, placed.company_count
FROM placed
JOIN core.company_member AS anchor ON anchor.company_id = placed.company_id AND anchor.is_anchor
JOIN core.company_member AS member ON member.company_id = placed.company_id
JOIN core.source_record AS record ON record.record_id = member.record_id
LEFT JOIN core.record_key AS key ON key.record_id = record.record_id
WHERE record.known_to IS NULL AND NOT record.is_closed AND placed.company_id NOT IN (SELECT company_id FROM persons)
ORDER BY placed.place, anchor.record_id, member.is_anchor DESC, member.record_id;
