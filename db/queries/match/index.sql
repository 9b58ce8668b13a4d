-- Makes the inverted indexes: which reference records have a word, key, edge, domain or phone that some query has.
CREATE OR REPLACE TEMP TABLE match_query_word AS
SELECT DISTINCT query_number, country_code, unnest(string_split(core_name, ' ')) AS word
FROM match_query
WHERE core_name IS NOT NULL;

CREATE OR REPLACE TEMP TABLE match_posting AS
WITH named AS (
    SELECT ref_no, country_code, core_name, core_key FROM match_reference WHERE is_keyed AND core_name IS NOT NULL
    UNION
    SELECT reference.ref_no, reference.country_code, further.core_name, further.core_key
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_id)
    WHERE reference.is_keyed AND further.core_name IS NOT NULL
),
worded AS (
    SELECT ref_no, country_code, least(length(core_key), 255)::UTINYINT AS letters, unnest(list_distinct(string_split(core_name, ' '))) AS word
    FROM named
)
SELECT word, country_code, ref_no, letters
FROM worded
WHERE word IN (SELECT DISTINCT word FROM match_query_word);

CREATE OR REPLACE TEMP TABLE match_word AS
SELECT word, country_code, count(*) AS holders, CAST(sum(count(*)) OVER (PARTITION BY word) AS BIGINT) AS holders_anywhere
FROM match_posting
GROUP BY word, country_code;

CREATE OR REPLACE TEMP TABLE match_key AS
SELECT ref_no, country_code, core_key
FROM match_reference
WHERE is_keyed AND core_key IN (SELECT DISTINCT core_key FROM match_query)
UNION
SELECT reference.ref_no, reference.country_code, further.core_key
FROM match_reference_name AS further
JOIN match_reference AS reference USING (ref_id)
WHERE reference.is_keyed AND further.core_key IN (SELECT DISTINCT core_key FROM match_query);

-- a slip of the pen leaves either the beginning or the end of a name as it was
CREATE OR REPLACE TEMP TABLE match_query_edge AS
SELECT query_number, country_code, unnest(['<' || left(core_key, 6), '>' || right(core_key, 6)]) AS edge
FROM match_query
WHERE length(core_key) >= 7;

CREATE OR REPLACE TEMP TABLE match_edge AS
WITH edges AS (
    SELECT ref_no, country_code, unnest(['<' || left(core_key, 6), '>' || right(core_key, 6)]) AS edge
    FROM match_reference
    WHERE is_keyed AND length(core_key) >= 7
)
SELECT ref_no, country_code, edge
FROM edges
WHERE edge IN (SELECT DISTINCT edge FROM match_query_edge)
QUALIFY count(*) OVER (PARTITION BY country_code, edge) <= $most_of_an_edge;

CREATE OR REPLACE TEMP TABLE match_domain AS
SELECT domain, ref_no
FROM (
    SELECT ref_no, domain FROM match_reference WHERE is_keyed AND domain IS NOT NULL
    UNION
    SELECT ref_no, email_domain FROM match_reference WHERE is_keyed AND email_domain IS NOT NULL
)
QUALIFY count(*) OVER (PARTITION BY domain) <= $most_of_a_domain;

CREATE OR REPLACE TEMP TABLE match_phone AS
SELECT phone, ref_no
FROM (
    SELECT ref_no, phone FROM match_reference WHERE is_keyed AND phone IS NOT NULL
    UNION
    SELECT ref_no, mobile FROM match_reference WHERE is_keyed AND mobile IS NOT NULL
)
QUALIFY count(*) OVER (PARTITION BY phone) <= $most_of_a_phone;
