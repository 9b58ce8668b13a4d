-- Makes match_query: one row a query, with the values by which candidates are found.
CREATE OR REPLACE TEMP TABLE match_query AS
SELECT
    query_number, country_code, numbers, domains, phones,
    names[1].core_name AS core_name, names[1].core_key AS core_key
FROM asked;
