-- One row a record of a company that fits an ICP, or may, with its place in the order to ask (from 1): those of whom something is
-- not known that is asked and that one of the criteria `$answers` says, before those of whom an answer changes nothing, each the best
-- first.
WITH open AS (
    SELECT DISTINCT company_id
    FROM mart.fit_point
    WHERE verdict = 'unknown' AND list_contains($answers::VARCHAR[], split_part(criterion, ' ', 1))
),
reached AS (
    SELECT unnest(company.record_ids) AS record_id, max(fit.fit_low) AS fit_low, bool_or(open.company_id IS NOT NULL) AS is_open
    FROM mart.fit AS fit
    JOIN mart.company AS company USING (company_id)
    LEFT JOIN open ON open.company_id = fit.company_id
    WHERE NOT company.is_customer
    GROUP BY record_id
)
SELECT record_id, row_number() OVER (ORDER BY is_open DESC, fit_low DESC, record_id) AS place
FROM reached
ORDER BY place;
