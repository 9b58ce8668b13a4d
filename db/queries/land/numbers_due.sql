-- One row a number in a register's scheme of a company of the CRM, or of a record of another source that is `wanted` (lent),
-- and that the register was not asked for since `$since`; the CRM's first. One that it had no answer to (`rate_limited`, `failed`)
-- is asked for again after `$failed_since`, behind all others. The first `$most`, and how many are due in all (`due_count`).
WITH stated AS (
    SELECT wanted.place, unnest(record.identifiers) AS one
    FROM wanted
    JOIN core.source_record AS record ON record.record_id = wanted.record_id
    WHERE record.known_to IS NULL AND NOT record.is_natural_person
),
named AS (
    SELECT registration_number AS number, 0 AS place
    FROM core.crm_company
    WHERE known_to IS NULL AND NOT is_closed AND NOT is_natural_person AND registration_scheme = $scheme
    UNION ALL
    SELECT one."value", place FROM stated WHERE one.scheme = $scheme
),
-- a person's number is kept as its hash
inquiry AS (
    SELECT
        CASE
            WHEN length(source_key) = 64 THEN source_key
            ELSE hmac_of('organisation', organisation_of(upper(left($source, 2)), source_key))
        END AS hmac,
        outcome, asked_at
    FROM core.number_inquiry
    WHERE source = $source
)
SELECT named.number, min(named.place) AS place, count(*) OVER () AS due_count
FROM named
LEFT JOIN inquiry ON inquiry.hmac = hmac_of('organisation', organisation_of(upper(left($source, 2)), named.number))
WHERE named.number IS NOT NULL AND (
        inquiry.asked_at IS NULL
        OR inquiry.asked_at < CASE WHEN inquiry.outcome IN ('rate_limited', 'failed') THEN $failed_since ELSE $since END
    )
GROUP BY named.number
ORDER BY bool_or(coalesce(inquiry.outcome IN ('rate_limited', 'failed'), false)), place, named.number
LIMIT $most;
