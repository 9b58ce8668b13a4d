-- One row a company that is `wanted` (lent) and that a source can be asked about, in the order to ask, with whether it is due. Its
-- numbers are those in the schemes `$schemes` that other sources state; `due_before` (lent) says by outcome since when an answer
-- is old. No sole trader is asked about.
-- The due come first; `$most` are told, each with how many there are in all (`due_count`, `not_due_count`).
WITH placed AS (
    SELECT member.company_id, min(wanted.place) AS place
    FROM wanted
    JOIN core.company_member AS member USING (record_id)
    GROUP BY member.company_id
),
numbered AS (
    SELECT member.company_id, list_sort(list(DISTINCT {'scheme': number.scheme, 'value': number.value})) AS numbers
    FROM core.identifier AS number
    JOIN core.company_member AS member USING (record_id)
    SEMI JOIN placed ON placed.company_id = member.company_id
    WHERE list_contains($schemes, number.scheme) AND NOT starts_with(number.record_id, $source || ':')
    GROUP BY member.company_id
),
told AS (
    SELECT
        placed.place, inquiry.asked_at, company.anchor_record_id AS record_id, company.name, company.other_names, company.country_code, company.domain,
        numbered.numbers, inquiry.asked_at IS NULL OR inquiry.asked_at < coalesce(due_before.at, now()) AS is_due
    FROM placed
    JOIN core.company AS company USING (company_id)
    JOIN numbered USING (company_id)
    LEFT JOIN core.knowledge_inquiry AS inquiry
        ON inquiry.record_id = company.anchor_record_id AND inquiry.source = $source
    LEFT JOIN due_before ON due_before.outcome = inquiry.outcome
    WHERE NOT company.is_natural_person
)
SELECT * EXCLUDE (place, asked_at), count(*) FILTER (is_due) OVER () AS due_count, count(*) FILTER (NOT is_due) OVER () AS not_due_count
FROM told
ORDER BY is_due DESC, place, asked_at NULLS FIRST, record_id
LIMIT $most;
