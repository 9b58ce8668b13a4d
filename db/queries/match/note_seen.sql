-- Writes beside each piece of new evidence which versions of the two records it saw: of a register record that left its
-- source, the last.
UPDATE core.match_evidence AS evidence
SET record_known_from = record.known_from
FROM (
    SELECT record_id, max(known_from) AS known_from
    FROM core.source_record
    WHERE record_id IN (SELECT record_id FROM core.match_evidence WHERE crm_known_from IS NULL)
    GROUP BY record_id
) AS record
WHERE evidence.crm_known_from IS NULL AND record.record_id = evidence.record_id;

UPDATE core.match_evidence AS evidence
SET crm_known_from = crm.known_from
FROM (
    SELECT 'company' AS crm_kind, crm_id, known_from FROM core.crm_company WHERE known_to IS NULL
    UNION ALL
    SELECT 'contact', crm_id, known_from FROM core.crm_contact WHERE known_to IS NULL
) AS crm
WHERE evidence.crm_known_from IS NULL AND crm.crm_kind = evidence.crm_kind AND crm.crm_id = evidence.crm_id;
