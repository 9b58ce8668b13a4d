-- One row a number in a register's scheme of a company of the CRM, or of a record of another source that is `wanted` (lent),
-- with whether it is due: not asked for since `$since`; the CRM's first. One that the register had no answer to (`rate_limited`,
-- `failed`) is asked for again after `$failed_since`, behind all others.
-- The due come first; `$most` are told, each with how many there are in all (`due_count`, `not_due_count`).
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
),
told AS (
    SELECT
        named.number, min(named.place) AS place,
        bool_or(coalesce(inquiry.outcome IN ('rate_limited', 'failed'), false)) AS is_behind,
        bool_or(
            inquiry.asked_at IS NULL
            OR inquiry.asked_at < CASE WHEN inquiry.outcome IN ('rate_limited', 'failed') THEN $failed_since ELSE $since END
        ) AS is_due
    FROM named
    LEFT JOIN inquiry ON inquiry.hmac = hmac_of('organisation', organisation_of(upper(left($source, 2)), named.number))
    WHERE named.number IS NOT NULL
    GROUP BY named.number
)
SELECT number, is_due, count(*) FILTER (is_due) OVER () AS due_count, count(*) FILTER (NOT is_due) OVER () AS not_due_count
FROM told
ORDER BY is_due DESC, is_behind, place, number
LIMIT $most;
