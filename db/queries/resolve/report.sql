-- One row: how many records and companies there are, and how many records were linked to another by which rule.
SELECT
    count(*) AS records,
    count(*) FILTER (WHERE is_anchor) AS companies,
    count(*) FILTER (WHERE linked_by IN ('identifier', 'duplicate')) AS by_identifier,
    count(*) FILTER (WHERE linked_by = 'name_and_country') AS by_name,
    count(*) FILTER (WHERE linked_by = 'evidence') AS by_evidence,
    count(*) FILTER (WHERE linked_by = 'judgement') AS by_judgement
FROM core.company_member;
