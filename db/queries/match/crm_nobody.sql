-- One row a CRM record that the model decided and that has candidates: the probability that its company is none of them.
SELECT greatest(0.0, 1 - sum(probability)) AS nobody
FROM (
    SELECT DISTINCT crm_kind, crm_id, candidate_rank, probability
    FROM people.mart.match_evidence
    SEMI JOIN (SELECT crm_kind, crm_id FROM current_match WHERE decided_by = 'model') AS decided USING (crm_kind, crm_id)
)
GROUP BY crm_kind, crm_id;
