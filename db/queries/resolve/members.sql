-- One row a present member of a company that has several, or that holds a record which the lent rows name.
SELECT member.record_id, member.company_id::VARCHAR AS company_id, member.is_anchor, member.linked_by
FROM core.company_member AS member
WHERE member.company_id IN (
    SELECT company_id FROM core.company_member WHERE NOT is_anchor
    UNION ALL
    SELECT present.company_id FROM core.company_member AS present JOIN paired_records USING (record_id)
)
ORDER BY member.record_id;
