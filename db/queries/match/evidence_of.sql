-- One row a comparison of one CRM record with one of its candidates, best candidate first: those behind the verdict that
-- stands, or with `$matched_at` behind the one that was made then and is replaced by now.
WITH evidence AS (
    SELECT *, NULL::TIMESTAMPTZ AS matched_at FROM people.mart.match_evidence
    UNION ALL BY NAME
    SELECT * FROM people.mart.match_evidence_past
)
SELECT
    candidate_rank, company_id::VARCHAR AS company_id, record_id, probability, comparison, outcome, left_value,
    right_value, weight, sentence, base, model_version, crm_known_from, record_known_from
FROM evidence
WHERE crm_id = $crm_id AND matched_at IS NOT DISTINCT FROM $matched_at::TIMESTAMPTZ
ORDER BY candidate_rank, abs(weight) DESC, comparison;
