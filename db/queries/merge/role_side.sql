-- One row a company of which a register was asked who holds roles: the kinds of those that stand, without who.
CREATE OR REPLACE TEMP TABLE company_roles AS
SELECT
    member.company_id,
    coalesce(list_sort(list_distinct(flatten(list([role.role_code, role.group_code]) FILTER (role.role_code IS NOT NULL)))), []) AS role_kinds
FROM core.role_inquiry AS inquiry
JOIN core.company_member AS member USING (record_id)
LEFT JOIN core.role AS role
    ON role.record_id = inquiry.record_id AND role.known_to IS NULL AND role.combination IS NULL AND NOT role.has_resigned
GROUP BY member.company_id;
