-- As standing_of, of those companies that stand in the rows `$numbers` of mart.company.
SELECT
    company.rowid AS number, company.company_id::VARCHAR AS company_id, is_natural_person,
    coalesce(is_marketing_protected, false) AS is_marketing_protected
FROM mart.company AS company
ANTI JOIN withheld_now ON withheld_now.company_id = company.company_id
WHERE company.rowid IN (SELECT unnest($numbers::BIGINT[]));
