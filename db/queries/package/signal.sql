-- One row a dated event of a company of `admitted_rows` (lent).
SELECT * FROM mart.signal WHERE company_id IN (SELECT company_id::UUID FROM admitted_rows) ORDER BY company_id, happened_date, signal_id;
