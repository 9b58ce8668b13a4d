-- Makes the inverted indexes: which reference records have a word, key, edge, domain, phone or address that some query has.
-- A word counts once a name; of records' own names doubles are taken out of what is left of them, which is cheaper than out of each.
CREATE OR REPLACE TEMP TABLE match_worded AS
WITH asked AS (
    SELECT word FROM match_query_word UNION SELECT word FROM match_query_other UNION SELECT initials FROM match_query
),
worded AS (
    SELECT ref_no, country_code, least(length(core_key), 255)::UTINYINT AS letters, unnest(string_split(core_name, ' ')) AS word
    FROM match_reference
    WHERE is_keyed AND core_name IS NOT NULL
),
further_name AS (
    SELECT DISTINCT reference.ref_no, reference.country_code, further.core_name, further.core_key
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_no)
    WHERE reference.is_keyed AND further.core_name IS DISTINCT FROM reference.core_name AND further.core_name IS NOT NULL
),
further_worded AS (
    SELECT ref_no, country_code, least(length(core_key), 255)::UTINYINT AS letters, unnest(list_distinct(string_split(core_name, ' '))) AS word
    FROM further_name
)
SELECT DISTINCT word, country_code, ref_no, letters FROM worded WHERE word IN (SELECT word FROM asked)
UNION ALL
SELECT word, country_code, ref_no, letters FROM further_worded WHERE word IN (SELECT word FROM asked);

-- a word of a country has a number, for numbers are joined many times faster than texts
CREATE OR REPLACE TEMP TABLE match_word AS
SELECT
    CAST(row_number() OVER (ORDER BY word, country_code) AS INTEGER) AS word_no, word, country_code, holders,
    CAST(sum(holders) OVER (PARTITION BY word) AS BIGINT) AS holders_anywhere
FROM (SELECT word, country_code, count(*) AS holders FROM match_worded GROUP BY word, country_code) AS counted;

-- a word that more than $most_of_a_word of a country have brings nobody together
CREATE OR REPLACE TEMP TABLE match_posting AS
SELECT seen.word_no, worded.ref_no, worded.letters
FROM match_worded AS worded
JOIN match_word AS seen ON seen.word = worded.word AND seen.country_code IS NOT DISTINCT FROM worded.country_code
WHERE seen.holders <= $most_of_a_word;

-- those of a name beyond the first $most_of_a_name of a country could be nobody's candidate by it
CREATE OR REPLACE TEMP TABLE match_key AS
WITH asked_key AS (
    SELECT core_key FROM match_query_key
    UNION
    SELECT core_key FROM match_query_other
    UNION
    SELECT initials FROM match_query
    UNION
    SELECT acronym FROM match_query
),
keyed AS (
    SELECT ref_no, country_code, core_key
    FROM match_reference
    WHERE is_keyed AND core_key IN (SELECT core_key FROM asked_key)
    UNION
    SELECT reference.ref_no, reference.country_code, further.core_key
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_no)
    WHERE reference.is_keyed AND further.core_key IN (SELECT core_key FROM asked_key)
)
SELECT ref_no, country_code, core_key
FROM keyed
QUALIFY row_number() OVER (PARTITION BY core_key, country_code ORDER BY ref_no) <= $most_of_a_name;

CREATE OR REPLACE TEMP TABLE match_edge AS
WITH keyed AS (
    SELECT ref_no, country_code, core_key, length(core_key) AS letters FROM match_reference WHERE is_keyed
),
long_edge AS (
    SELECT ref_no, country_code, unnest(['<' || left(core_key, 6), '>' || right(core_key, 6)]) AS edge
    FROM keyed
    WHERE letters >= 7
),
short_edge AS (
    SELECT ref_no, country_code, '~' || left(core_key, gap) || substr(core_key, gap + 2) AS edge
    FROM (SELECT *, unnest(range(letters + 1)) AS gap FROM keyed WHERE letters BETWEEN 4 AND 9) AS short
),
asked_edge AS (
    SELECT DISTINCT edge FROM match_query_edge
)
SELECT ref_no, country_code, edge
FROM (
    SELECT * FROM long_edge WHERE edge IN (SELECT edge FROM asked_edge)
    UNION ALL
    SELECT DISTINCT * FROM short_edge WHERE edge IN (SELECT edge FROM asked_edge)
) AS asked
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

-- who states a street and a number without a place may be at any such
CREATE OR REPLACE TEMP TABLE match_address AS
SELECT address_key, ref_no
FROM (
    SELECT address_key, ref_no
    FROM match_reference
    WHERE is_keyed AND address_key IN (SELECT DISTINCT address_key FROM match_query)
    UNION ALL
    SELECT split_part(address_key, ', ', 1), ref_no
    FROM match_reference
    WHERE is_keyed AND split_part(address_key, ', ', 1) IN (SELECT DISTINCT address_key FROM match_query)
) AS addressed
QUALIFY count(*) OVER (PARTITION BY address_key) <= $most_of_an_address;

CREATE OR REPLACE TEMP TABLE match_number AS
WITH numbered AS (
    SELECT DISTINCT ref_no, scheme || ':' || value AS number FROM match_reference_number
)
SELECT number, ref_no
FROM numbered
WHERE number IN (SELECT number FROM (SELECT unnest(numbers) AS number FROM match_query) AS asked)
QUALIFY count(*) OVER (PARTITION BY number) <= $most_of_a_number;

-- whose initials a query may be, reckoned only of names with its first two letters and as many words as it has letters, of
-- which "&" is none. Where somebody in the country bears the letters as a name, they are that one's; those that more than
-- $most_of_initials of a country share tell nobody apart.
CREATE OR REPLACE TEMP TABLE match_initials AS
WITH asked_initials AS (
    SELECT country_code, left(acronym, 1) AS letter, length(acronym) AS letters, list(DISTINCT substr(acronym, 2, 1)) AS second_letters
    FROM match_query
    WHERE acronym IS NOT NULL
    GROUP BY country_code, left(acronym, 1), length(acronym)
),
alike AS (
    SELECT DISTINCT
        reference.ref_no, reference.country_code,
        regexp_replace(replace(reference.core_name, '& ', ''), '\B[a-z0-9]+| ', '', 'g') AS initials
    FROM match_reference AS reference
    JOIN asked_initials AS asked
        ON asked.country_code = reference.country_code AND asked.letter = left(reference.core_name, 1)
    WHERE reference.is_keyed
        AND array_length(string_split(replace(reference.core_name, '& ', ''), ' ')) = asked.letters
        AND list_contains(asked.second_letters, left(split_part(replace(reference.core_name, '& ', ''), ' ', 2), 1))
)
SELECT alike.ref_no, alike.country_code, alike.initials
FROM alike
LEFT JOIN match_key AS bearer ON bearer.core_key = alike.initials AND bearer.country_code = alike.country_code
WHERE alike.initials IN (SELECT acronym FROM match_query) AND bearer.ref_no IS NULL
QUALIFY count(*) OVER (PARTITION BY alike.country_code, alike.initials) <= $most_of_initials;
