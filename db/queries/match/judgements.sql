-- One row a standing judgement on a pair of CRM record and register record, the latest first.
SELECT
    judgement.crm_id, judgement.record_id, judgement.verdict, judgement.decision_id::VARCHAR AS decision_id,
    member.company_id::VARCHAR AS company_id
FROM core.current_judgement AS judgement
LEFT JOIN core.company_member AS member USING (record_id)
ANTI JOIN core.company_member AS of_registers ON of_registers.record_id = judgement.crm_id  -- a pair of register records
WHERE judgement.crm_id IS NOT NULL  -- null where an erasure emptied the judgement
ORDER BY judgement.decision_id DESC;
