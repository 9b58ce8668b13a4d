-- Makes match_query: one row a query, with the values by which candidates are found; and one row a word, another name and an edge of each.
CREATE OR REPLACE TEMP TABLE match_query AS
SELECT
    query_number, country_code, numbers, domains, phones, address_key,
    names[1].core_name AS core_name, names[1].core_key AS core_key, acronym, initials
FROM asked;

-- what a query may be called in the language of its country, as a whole name, and rare words of that (enrich/match/other_names.py)
CREATE OR REPLACE TEMP TABLE match_query_other AS
SELECT query_number, country_code, unnest(other_keys) AS core_key, NULL::VARCHAR AS word
FROM asked
UNION ALL
SELECT query_number, country_code, NULL, unnest(other_words)
FROM asked;

-- what a query may be called: its name, and what its domains spell (in the letters of core keys)
CREATE OR REPLACE TEMP TABLE match_query_key AS
SELECT query_number, country_code, core_key
FROM match_query
WHERE core_key IS NOT NULL
UNION
SELECT
    query_number, country_code,
    regexp_replace(regexp_replace(regexp_replace(
        replace(split_part(domain, '.', 1), '-', ''), 'a[ae]+', 'a', 'g'), 'oe+', 'o', 'g'), 'ue+', 'u', 'g')
FROM (SELECT query_number, country_code, unnest(domains) AS domain FROM match_query) AS stated;

CREATE OR REPLACE TEMP TABLE match_query_word AS
SELECT DISTINCT query_number, country_code, unnest(string_split(core_name, ' ')) AS word
FROM match_query
WHERE core_name IS NOT NULL
UNION
SELECT query_number, country_code, core_key FROM match_query_key;

-- a slip of the pen leaves the beginning of a name or its end as it was; two shorter names that differ by one are the same
-- without one letter. As match/index has it of the reference.
CREATE OR REPLACE TEMP TABLE match_query_edge AS
WITH edges AS (
    SELECT query_number, country_code, unnest(['<' || left(core_key, 6), '>' || right(core_key, 6)]) AS edge
    FROM match_query_key
    WHERE length(core_key) >= 7
    UNION ALL
    SELECT query_number, country_code, '~' || left(core_key, gap) || substr(core_key, gap + 2)
    FROM (SELECT *, unnest(range(length(core_key) + 1)) AS gap FROM match_query_key WHERE length(core_key) BETWEEN 4 AND 9) AS short
)
SELECT DISTINCT query_number, country_code, edge
FROM edges;
