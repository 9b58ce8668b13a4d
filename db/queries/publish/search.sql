-- Prepares what a search asks of the companies of the file being made (the current catalogue): `searched`, a view of them.
-- What stands in braces is compiled by db/search_index.py out of its table of dimensions.
CREATE SCHEMA search;

{tables}
-- One row a company, in the order in which companies of equal fit are shown; `number` is its row in the table of companies.
CREATE TABLE search.company AS
SELECT number, {codes}, purpose IS NOT NULL OR activity IS NOT NULL AS has_text, site_description IS NOT NULL AS has_site_text
FROM searched
{joins}
ORDER BY searched.employees_low DESC NULLS LAST, searched.name, searched.company_id;
