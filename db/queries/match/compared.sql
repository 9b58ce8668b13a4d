-- One row a reference record that is somebody's candidate, as one side of a comparison. `address_holders` are the companies
-- at its address, itself included, but for natural persons and sub-units; `street_holders` those at such a street and number
-- in any town.
WITH wanted AS (
    SELECT DISTINCT ref_no FROM match_candidate
),
reference AS (
    SELECT * FROM match_reference WHERE ref_no IN (SELECT ref_no FROM wanted)
),
numbered AS (
    SELECT DISTINCT ref_no, scheme || ':' || value AS number
    FROM match_reference_number
    WHERE ref_no IN (SELECT ref_no FROM wanted)
),
-- what too many share is no company's number but a word for none
crowded AS (
    SELECT scheme || ':' || value AS number
    FROM match_reference_number
    WHERE scheme || ':' || value IN (SELECT number FROM numbered)
    GROUP BY scheme || ':' || value
    HAVING count(DISTINCT ref_no) > $most_of_a_number
),
numbers AS (
    SELECT ref_no, list_sort(list(number)) AS numbers
    FROM numbered
    WHERE number NOT IN (SELECT number FROM crowded)
    GROUP BY ref_no
),
further AS (
    SELECT
        ref_no,
        list_sort(list({'name': name, 'core_name': core_name, 'core_key': core_key, 'legal_form_class': NULL::VARCHAR})) AS names
    FROM match_reference_name
    WHERE core_key IS NOT NULL AND ref_no IN (SELECT ref_no FROM wanted)
    GROUP BY ref_no
),
addressed AS (
    SELECT holder.address_key, count(DISTINCT coalesce(company.company_id, holder.ref_id)) AS address_holders
    FROM match_reference AS holder
    LEFT JOIN match_company AS company ON company.ref_no = holder.ref_no
    WHERE holder.is_keyed AND holder.address_key IN (SELECT address_key FROM reference)
    GROUP BY holder.address_key
),
streets AS (
    SELECT split_part(holder.address_key, ', ', 1) AS street, count(DISTINCT coalesce(company.company_id, holder.ref_id)) AS street_holders
    FROM match_reference AS holder
    LEFT JOIN match_company AS company ON company.ref_no = holder.ref_no
    WHERE holder.is_keyed AND split_part(holder.address_key, ', ', 1) IN (SELECT split_part(address_key, ', ', 1) FROM reference)
    GROUP BY split_part(holder.address_key, ', ', 1)
)
SELECT
    reference.ref_no, reference.ref_id AS id, company.company_id,
    list_concat(
        CASE WHEN core_key IS NULL THEN []
            ELSE [{'name': name, 'core_name': core_name, 'core_key': core_key, 'legal_form_class': legal_form_class}] END,
        coalesce(further.names, [])
    ) AS names,
    country_code, coalesce(numbers.numbers, []) AS numbers,
    list_distinct(list_filter([domain, email_domain], lambda each: each IS NOT NULL)) AS domains,
    list_distinct(list_filter([phone, mobile], lambda each: each IS NOT NULL)) AS phones,
    postal_code, city_key, reference.address_key, addressed.address_holders, streets.street_holders,
    is_live, entity_kind, size.employees_low, size.employees_high
FROM reference
LEFT JOIN match_company AS company ON company.ref_no = reference.ref_no
LEFT JOIN numbers ON numbers.ref_no = reference.ref_no
LEFT JOIN further ON further.ref_no = reference.ref_no
LEFT JOIN (SELECT * FROM match_reference_size WHERE ref_no IN (SELECT ref_no FROM wanted)) AS size ON size.ref_no = reference.ref_no
LEFT JOIN addressed ON addressed.address_key = reference.address_key
LEFT JOIN streets ON streets.street = split_part(reference.address_key, ', ', 1)
ORDER BY ref_no;
