-- Makes the inverted index: one row a word of a query and a reference record that has it, and how often each word occurs.
CREATE OR REPLACE TEMP TABLE match_query_word AS
SELECT DISTINCT query_id, country_code, unnest(string_split(core_name, ' ')) AS word
FROM match_query
WHERE core_name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE match_posting AS
WITH named AS (
    SELECT ref_id, country_code, core_name FROM match_reference WHERE is_keyed AND core_name IS NOT NULL
    UNION ALL
    SELECT reference.ref_id, reference.country_code, further.core_name
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_id)
    WHERE reference.is_keyed AND further.core_name IS NOT NULL
),
worded AS (
    SELECT DISTINCT ref_id, country_code, unnest(string_split(core_name, ' ')) AS word FROM named
)
SELECT ref_id, country_code, word
FROM worded
WHERE word IN (SELECT word FROM match_query_word);

CREATE OR REPLACE TEMP TABLE match_word AS
SELECT word, country_code, count(*) AS holders, sum(count(*)) OVER (PARTITION BY word) AS holders_anywhere
FROM match_posting
GROUP BY word, country_code;
