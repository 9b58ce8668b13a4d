-- One row a product on the web site of a company of `admitted_rows` (lent).
SELECT * FROM mart.technology WHERE company_id IN (SELECT company_id::UUID FROM admitted_rows) ORDER BY company_id, technology, url;
