-- One row a company in the order of the search: its row in the table of companies.
SELECT number FROM search.company ORDER BY rowid;
