-- One row a pair of register records that resolution left for people, and the companies they are in; the nearest calls first.
SELECT
    left_id, right_id, reason, probability, left_company_id::VARCHAR AS left_company_id,
    right_company_id::VARCHAR AS right_company_id
FROM people.mart.resolution_review
ORDER BY abs(probability - 0.5), left_id, right_id;
