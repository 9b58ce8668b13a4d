-- One row a pair of register records that somebody judged: same, different or unsure; of several the latest.
SELECT
    least(judgement.crm_id, judgement.record_id) AS left_id,
    greatest(judgement.crm_id, judgement.record_id) AS right_id,
    arg_max(judgement.verdict, judgement.decision_id) AS verdict
FROM core.current_judgement AS judgement
SEMI JOIN core.record_key AS one ON one.record_id = judgement.crm_id
SEMI JOIN core.record_key AS other ON other.record_id = judgement.record_id
WHERE judgement.crm_id <> judgement.record_id
GROUP BY ALL
ORDER BY ALL;
