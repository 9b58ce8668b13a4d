-- Makes match_candidate: one row a query from number $low up to and without $high and a reference record that some key
-- brings together, the best $most of each query. A key that too many share brings nobody together. Weights are whole
-- numbers: how telling what is shared is, less the letters of the record's name that are not; ties fall to the smaller id.
CREATE OR REPLACE TEMP TABLE match_candidate AS
WITH queries AS (
    SELECT * FROM match_query WHERE query_number >= $low AND query_number < $high
),
by_number AS (
    SELECT query.query_number, reference.ref_no, 200 AS weight
    FROM (SELECT query_number, unnest(numbers) AS number FROM queries) AS query
    JOIN match_reference_number AS number ON number.scheme || ':' || number.value = query.number
    JOIN match_reference AS reference USING (ref_id)
),
by_domain AS (
    SELECT query.query_number, ref_no, 120 AS weight
    FROM (SELECT query_number, unnest(domains) AS domain FROM queries) AS query
    JOIN match_domain USING (domain)
),
by_phone AS (
    SELECT query.query_number, ref_no, 80 AS weight
    FROM (SELECT query_number, unnest(phones) AS phone FROM queries) AS query
    JOIN match_phone USING (phone)
),
by_name AS (
    SELECT
        query.query_number,
        keys.ref_no,
        CASE WHEN query.country_code IS NULL OR keys.country_code = query.country_code THEN 80 ELSE 40 END AS weight
    FROM queries AS query
    JOIN match_key AS keys USING (core_key)
    QUALIFY row_number() OVER (PARTITION BY query.query_number ORDER BY weight DESC, keys.ref_no) <= $most
),
by_edge AS (
    SELECT asked.query_number, edge.ref_no, 12 AS weight
    FROM match_query_edge AS asked
    JOIN match_edge AS edge USING (country_code, edge)
    WHERE asked.query_number >= $low AND asked.query_number < $high
),
-- how telling a word is: the fewer have it in the query's country, the more; 24 less its count's binary digits
words AS (
    SELECT
        asked.query_number,
        asked.country_code,
        asked.word,
        seen.country_code AS seen_in,
        CASE WHEN asked.country_code IS NULL THEN seen.holders_anywhere ELSE seen.holders END AS holders,
        seen.holders_anywhere
    FROM match_query_word AS asked
    JOIN match_word AS seen USING (word)
    WHERE asked.query_number >= $low
        AND asked.query_number < $high
        AND (
            asked.country_code IS NULL
            OR seen.country_code = asked.country_code
            OR seen.holders_anywhere <= $rare_anywhere
        )
),
telling_words AS (
    SELECT query_number, country_code, word, seen_in, 24 - length(bin(holders)) AS telling
    FROM words
    WHERE holders <= $most_of_a_word
    QUALIFY dense_rank() OVER (
        PARTITION BY query_number, (seen_in = country_code OR country_code IS NULL) ORDER BY holders_anywhere, word
    ) <= $words
),
by_word AS (
    SELECT
        words.query_number,
        posting.ref_no,
        sum(
            CASE WHEN words.country_code IS NULL OR words.seen_in = words.country_code THEN 2 * telling ELSE telling END
            + length(words.word)
        ) - min(posting.letters) AS weight
    FROM telling_words AS words
    JOIN match_posting AS posting ON posting.word = words.word AND posting.country_code IS NOT DISTINCT FROM words.seen_in
    GROUP BY words.query_number, posting.ref_no
)
SELECT query_number, ref_no, CAST(sum(points) AS INTEGER) AS weight
FROM (
    SELECT * FROM by_number UNION ALL SELECT * FROM by_domain UNION ALL SELECT * FROM by_phone
    UNION ALL SELECT * FROM by_name UNION ALL SELECT * FROM by_word UNION ALL SELECT * FROM by_edge
) AS found (query_number, ref_no, points)
GROUP BY query_number, ref_no
QUALIFY row_number() OVER (PARTITION BY query_number ORDER BY sum(points) DESC, ref_no) <= $most;
