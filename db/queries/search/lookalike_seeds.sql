-- One row a published company of `$ids`.
SELECT * FROM current_company WHERE company_id IN (SELECT unnest($ids::UUID[]))
