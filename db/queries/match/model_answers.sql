-- One row a CRM record and one of its kept candidates, best first as the verdict has them, with the probability that the
-- model gave to it; a record without candidates has one row with nulls. Contacts that follow their CRM company are left out: their verdict is that one's.
SELECT
    verdict.crm_id, verdict.state, verdict.probability AS best_probability, verdict.decided_by, candidate.company_id,
    candidate.probability
FROM current_match AS verdict
LEFT JOIN (
    SELECT DISTINCT crm_kind, crm_id, candidate_rank, company_id::VARCHAR AS company_id, probability FROM people.mart.match_evidence
) AS candidate USING (crm_kind, crm_id)
WHERE verdict.decided_by <> 'crm_link'
ORDER BY verdict.crm_id, candidate.candidate_rank;
