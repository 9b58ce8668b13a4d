-- Makes match_query: one row a query, with the values by which candidates are found.
CREATE OR REPLACE TEMP TABLE match_query AS SELECT * FROM asked;
