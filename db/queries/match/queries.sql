-- Makes match_query: one row a query, with the values by which candidates are found; and one row a word and an edge of each.
CREATE OR REPLACE TEMP TABLE match_query AS
SELECT
    query_number, country_code, numbers, domains, phones,
    names[1].core_name AS core_name, names[1].core_key AS core_key
FROM asked;

CREATE OR REPLACE TEMP TABLE match_query_word AS
SELECT DISTINCT query_number, country_code, unnest(string_split(core_name, ' ')) AS word
FROM match_query
WHERE core_name IS NOT NULL;

-- a slip of the pen leaves either the beginning or the end of a name as it was
CREATE OR REPLACE TEMP TABLE match_query_edge AS
SELECT query_number, country_code, unnest(['<' || left(core_key, 6), '>' || right(core_key, 6)]) AS edge
FROM match_query
WHERE length(core_key) >= 7;
