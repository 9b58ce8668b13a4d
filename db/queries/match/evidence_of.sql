-- One row a comparison of one CRM record with one of its candidates, best candidate first.
SELECT
    candidate_rank, evidence.company_id::VARCHAR AS company_id, evidence.record_id, probability, comparison, outcome,
    left_value, right_value, weight, sentence
FROM people.mart.match_evidence AS evidence
WHERE crm_id = $crm_id
ORDER BY candidate_rank, abs(weight) DESC, comparison;
