-- One row a source: its events, and of how many of them each field says something.
SELECT
    source,
    count(*) AS row_count,
    count(title) AS title,
    count(url) AS url,
    count(happened_date) AS happened_date,
    count(expires_date) AS expires_date,
    count(ended_date) AS ended_date,
    count(*) FILTER (len(occupations) > 0) AS occupations,
    count(*) FILTER (len(places) > 0) AS places,
    count(position_count) AS position_count,
    count(*) FILTER (len(subjects) > 0) AS subjects,
    count(amount) AS amount,
    count(amount_currency) AS amount_currency,
    count(record_id) AS employer
FROM core.signal
WHERE known_to IS NULL AND content_at IS NOT NULL
GROUP BY source;
