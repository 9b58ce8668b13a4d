-- One row a company of that id or number: `$label` as in NO:923609016 or LEI:…, `$number` without its register, or
-- `$company_id`. Natural persons are found by number, never by name.
SELECT company_id::VARCHAR AS company_id, id_label, name, city
FROM everyone
WHERE
    company_id = try_cast($company_id AS UUID)
    OR id_label = $label
    OR 'LEI:' || lei = $label
    OR left(registration_scheme, 2) || ':' || registration_number = $label
    OR registration_number = $number
    OR lei = $number
ORDER BY id_label
LIMIT 10;
