-- One row a company of that id or number: `$register` and `$number` as in NO:923609016 or LEI:…, `$number` alone, or
-- `$company_id`; hyphens in a number do not count. Natural persons are found by number, never by name.
SELECT company_id::VARCHAR AS company_id, id_label, name, city
FROM everyone
WHERE
    company_id = try_cast($company_id AS UUID)
    OR (replace(registration_number, '-', '') = $number AND coalesce(left(registration_scheme, 2) = $register, $register IS NULL))
    OR (lei = $number AND coalesce($register, 'LEI') = 'LEI')
    OR replace(id_label, '-', '') = $register || ':' || $number
ORDER BY id_label
LIMIT 10;
