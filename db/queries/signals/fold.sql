-- One row an event that the delivery speaks of, as it stands with what was known: what was stated last of what it is, and
-- of whether it is open. So deliveries that come twice, late or in another order make the same of it. Where one moment
-- says both, the end counts.
CREATE OR REPLACE TEMP TABLE folded_signal AS
WITH said AS (
    SELECT
        $source || ':' || source_key AS signal_id, kind, status, stated_at::TIMESTAMPTZ AS stated_at, ended_date,
        CASE WHEN title IS NOT NULL THEN stated_at::TIMESTAMPTZ END AS content_at,
        title, url, happened_date, expires_date, occupations, places, position_count, subjects, amount, amount_currency,
        employer_scheme, employer_value
    FROM stated_signal
    WHERE reject_code IS NULL
),
known AS (
    SELECT * FROM core.signal WHERE known_to IS NULL AND signal_id IN (SELECT signal_id FROM said)
),
statement AS (
    SELECT * FROM said
    UNION ALL BY NAME
    SELECT * EXCLUDE (record_id, source, run_id, known_from, known_to) FROM known
),
packed AS (
    SELECT
        signal_id, kind, stated_at, content_at,
        {'status': status, 'ended_date': ended_date} AS standing,
        {
            'title': title, 'url': url, 'happened_date': happened_date, 'expires_date': expires_date,
            'occupations': occupations, 'places': places, 'position_count': position_count,
            'subjects': subjects, 'amount': amount, 'amount_currency': amount_currency,
            'employer_scheme': employer_scheme, 'employer_value': employer_value
        } AS content
    FROM statement
),
folded AS (
    SELECT
        signal_id,
        min(kind) AS kind,
        max(stated_at) AS stated_at,
        max(content_at) AS content_at,
        arg_max(standing, (stated_at, standing.status = 'ended', coalesce(standing.ended_date, DATE '0001-01-01'))) AS standing,
        arg_max(content, (content_at, hash(content))) FILTER (content_at IS NOT NULL) AS content
    FROM packed
    GROUP BY signal_id
)
SELECT
    folded.signal_id, folded.kind, folded.stated_at, folded.content_at, standing.status, standing.ended_date,
    content.title, content.url, content.happened_date, content.expires_date, content.occupations, content.places,
    content.position_count, content.subjects, content.amount, content.amount_currency, content.employer_scheme,
    content.employer_value,
    known.signal_id IS NULL AS is_new,
    known.status = 'open' AND standing.status = 'ended' AS is_closed,
    known.signal_id IS NOT NULL AND row(known.status, known.ended_date, known.content_at IS NULL, known.title, known.url,
        known.happened_date, known.expires_date, known.occupations, known.places, known.position_count,
        known.subjects, known.amount, known.amount_currency, known.employer_scheme, known.employer_value)
    IS DISTINCT FROM
    row(standing.status, standing.ended_date, folded.content_at IS NULL, content.title, content.url,
        content.happened_date, content.expires_date, content.occupations, content.places, content.position_count,
        content.subjects, content.amount, content.amount_currency, content.employer_scheme,
        content.employer_value) AS is_changed
FROM folded
LEFT JOIN known ON known.signal_id = folded.signal_id;
