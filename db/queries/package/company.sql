-- One row a company of `admitted_rows` (lent): its golden record, with what was decided since publication.
SELECT * FROM current_company WHERE company_id IN (SELECT company_id::UUID FROM admitted_rows) ORDER BY company_id;
