-- Makes the inverted indexes: which reference records have a word, key, edge, domain or phone that some query has.
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

-- those of a name beyond the first $most_of_a_name of a country could be nobody's candidate by it
CREATE OR REPLACE TEMP TABLE match_key AS
WITH keyed AS (
    SELECT ref_no, country_code, core_key
    FROM match_reference
    WHERE is_keyed AND core_key IN (SELECT DISTINCT core_key FROM match_query)
    UNION
    SELECT reference.ref_no, reference.country_code, further.core_key
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_id)
    WHERE reference.is_keyed AND further.core_key IN (SELECT DISTINCT core_key FROM match_query)
)
SELECT ref_no, country_code, core_key
FROM keyed
QUALIFY row_number() OVER (PARTITION BY core_key, country_code ORDER BY ref_no) <= $most_of_a_name;

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
