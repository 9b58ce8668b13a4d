-- Makes match_candidate: one row a query from number $low up to and without $high and a reference record that some key
-- brings together, the best $most of each query. A key that too many share brings nobody together. Weights are whole
-- numbers: how telling what is shared is, less the letters of the record's name that are not; ties fall to the smaller id.
-- What is $hopeless behind the best one is dropped, but for the best $shown with at least $little, which a person may ask for.
CREATE OR REPLACE TEMP TABLE match_candidate AS
WITH queries AS (
    SELECT * FROM match_query WHERE query_number >= $low AND query_number < $high
),
by_number AS (
    SELECT query.query_number, ref_no, 200 AS points
    FROM (SELECT query_number, unnest(numbers) AS number FROM queries) AS query
    JOIN match_number USING (number)
),
by_domain AS (
    SELECT query.query_number, ref_no, 120 AS points
    FROM (SELECT query_number, unnest(domains) AS domain FROM queries) AS query
    JOIN match_domain USING (domain)
),
by_phone AS (
    SELECT query.query_number, ref_no, 80 AS points
    FROM (SELECT query_number, unnest(phones) AS phone FROM queries) AS query
    JOIN match_phone USING (phone)
),
by_address AS (
    SELECT query.query_number, ref_no, 50 AS points
    FROM queries AS query
    JOIN match_address USING (address_key)
),
by_name AS (
    SELECT
        query.query_number,
        keys.ref_no,
        CASE WHEN coalesce(keys.country_code = query.country_code, true) THEN 80 ELSE 40 END AS points
    FROM match_query_key AS query
    JOIN match_key AS keys USING (core_key)
    WHERE query.query_number >= $low AND query.query_number < $high
    QUALIFY row_number() OVER (PARTITION BY query.query_number ORDER BY points DESC, keys.ref_no) <= $most
),
-- the name with a word in the country's language, and rare words of that
by_other_name AS (
    SELECT query.query_number, keys.ref_no, 60 AS points
    FROM match_query_other AS query
    JOIN match_key AS keys ON keys.core_key = query.core_key AND keys.country_code = query.country_code
    WHERE query.query_number >= $low AND query.query_number < $high
    UNION
    SELECT query.query_number, posting.ref_no, 30
    FROM match_query_other AS query
    JOIN match_word AS seen ON seen.word = query.word AND seen.country_code = query.country_code
    JOIN match_posting AS posting ON posting.word_no = seen.word_no
    WHERE query.query_number >= $low AND query.query_number < $high AND seen.holders <= $rare_anywhere
),
-- whose initials it is, or who bears its initials for a name or, as few do, among its words, where nobody in the country has
-- the name itself
by_initials AS (
    SELECT query.query_number, told.ref_no, 40 AS points
    FROM queries AS query
    JOIN match_initials AS told ON told.initials = query.acronym AND told.country_code = query.country_code
    UNION
    SELECT query.query_number, keys.ref_no, 40
    FROM queries AS query
    JOIN match_key AS keys ON keys.core_key = query.initials AND keys.country_code = query.country_code
    LEFT JOIN match_key AS bearer ON bearer.core_key = query.core_key AND bearer.country_code = query.country_code
    WHERE bearer.ref_no IS NULL
    UNION
    SELECT query.query_number, posting.ref_no, 40
    FROM queries AS query
    JOIN match_word AS seen ON seen.word = query.initials AND seen.country_code = query.country_code
    JOIN match_posting AS posting USING (word_no)
    LEFT JOIN match_key AS bearer ON bearer.core_key = query.core_key AND bearer.country_code = query.country_code
    WHERE bearer.ref_no IS NULL AND seen.holders <= $most_of_initials
),
by_edge AS (
    SELECT query_number, ref_no, 12 AS points
    FROM (
        SELECT DISTINCT asked.query_number, edge.ref_no, left(edge.edge, 1)
        FROM match_query_edge AS asked
        JOIN match_edge AS edge
            ON edge.edge = asked.edge AND coalesce(edge.country_code = asked.country_code, true)
        WHERE asked.query_number >= $low AND asked.query_number < $high
    ) AS shared
),
-- who states no country may be of any; how telling a word is: the fewer have it in the query's country, the more; 24 less its count's binary digits
words AS (
    SELECT
        asked.query_number,
        asked.country_code,
        asked.word,
        seen.word_no,
        coalesce(seen.country_code = asked.country_code, true) AS is_at_home,
        CASE WHEN asked.country_code IS NULL THEN seen.holders_anywhere ELSE seen.holders END AS holders,
        seen.holders_anywhere
    FROM match_query_word AS asked
    JOIN match_word AS seen USING (word)
    WHERE asked.query_number >= $low
        AND asked.query_number < $high
        AND (coalesce(seen.country_code = asked.country_code, true) OR seen.holders_anywhere <= $rare_anywhere)
),
telling_words AS (
    SELECT
        query_number, word_no,
        CASE WHEN is_at_home THEN 2 ELSE 1 END * (24 - length(bin(holders))) + length(word) AS points
    FROM words
    WHERE holders <= $most_of_a_word
    QUALIFY dense_rank() OVER (
        PARTITION BY query_number, is_at_home ORDER BY holders_anywhere, word
    ) <= $words
),
by_word AS (
    SELECT words.query_number, posting.ref_no, words.points, posting.letters
    FROM telling_words AS words
    JOIN match_posting AS posting USING (word_no)
),
weighed AS (
    SELECT query_number, ref_no, CAST(sum(points) - coalesce(min(letters), 0) AS INTEGER) AS weight
    FROM (
        SELECT query_number, ref_no, points, NULL AS letters FROM by_number
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_domain
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_phone
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_address
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_name
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_other_name
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_initials
        UNION ALL SELECT query_number, ref_no, points, NULL FROM by_edge
        UNION ALL SELECT query_number, ref_no, points, letters FROM by_word
    ) AS found
    GROUP BY query_number, ref_no
),
best AS (
    SELECT query_number, max(weight) AS weight FROM weighed GROUP BY query_number
),
near AS (
    SELECT
        query_number, ref_no, weighed.weight,
        CASE WHEN weighed.weight >= best.weight - $hopeless THEN $most ELSE $shown END AS places
    FROM weighed
    JOIN best USING (query_number)
    WHERE weighed.weight >= least(best.weight - $hopeless, $little)
),
placed AS (
    SELECT *, row_number() OVER (PARTITION BY query_number ORDER BY weight DESC, ref_no) AS place FROM near
)
SELECT query_number, ref_no, weight
FROM placed
WHERE place <= places;
