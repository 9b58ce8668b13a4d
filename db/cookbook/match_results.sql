-- How much of the CRM was matched to a register, and how sure are the answers?
-- For: analyst.
SELECT
    crm_kind, state, coalesce(decided_by, 'nobody') AS decided_by, count(*) AS records,
    round(min(probability), 3) AS lowest, round(median(probability), 3) AS middle
FROM people.mart.match
GROUP BY ALL
ORDER BY crm_kind, records DESC;
