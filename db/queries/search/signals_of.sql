-- One row a dated event of one company, the newest first; one that ended says when.
SELECT
    happened_date AS day, kind, title,
    list_transform(occupations, lambda one: one.code || coalesce(' ' || one.label, ''))[1] AS occupation,
    coalesce(places[1].municipality_name, places[1].city) AS place, position_count AS positions, status,
    coalesce(ended_date, expires_date) AS until, is_agency AS agency,
    list_transform(subjects, lambda one: one.scheme || ' ' || one.code)[1] AS subject, amount, amount_currency AS currency,
    source, licence, url, count(*) OVER () AS in_all
FROM (
    FROM mart.signal
    UNION ALL BY NAME  -- a file that was published before there were tenders has none of these
    SELECT
        NULL::STRUCT(code VARCHAR, scheme VARCHAR)[] AS subjects, NULL::DECIMAL(28, 2) AS amount,
        NULL::VARCHAR AS amount_currency
    WHERE false
)
WHERE company_id = $company_id::UUID
ORDER BY happened_date DESC, signal_id
LIMIT $limit;
