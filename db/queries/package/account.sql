-- One row a period of accounts of a company of `admitted_rows` (lent).
SELECT * FROM mart.account WHERE company_id IN (SELECT company_id::UUID FROM admitted_rows) ORDER BY company_id, period_to, kind, source;
