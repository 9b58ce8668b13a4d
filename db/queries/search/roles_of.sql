-- One row a role that somebody holds in a company, by those who are not held back.
SELECT group_code, role_code, holder_name, holder_value, changed_date, source
FROM people.mart.role
WHERE
    company_id = $company_id::UUID
    AND NOT has_resigned
    AND (
        holder_kind <> 'person'
        OR hmac_of('person', fold_person(holder_name)) NOT IN (SELECT hmac FROM withheld_holder_now)
    )
ORDER BY group_code, position, role_code, holder_name;
