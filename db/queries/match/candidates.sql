-- Makes match_candidate: one row a query and a reference record that some key brings together, the best $most of each
-- query. A key that too many share brings nobody together. Weights are whole numbers, ties fall to the smaller id.
CREATE OR REPLACE TEMP TABLE match_candidate AS
WITH by_number AS (
    SELECT query.query_id, number.ref_id, 100 AS weight
    FROM match_query AS query
    JOIN match_reference_number AS number
        ON number.scheme = query.registration_scheme AND number.value = query.registration_number
),
domains AS (
    SELECT ref_id, domain FROM match_reference WHERE is_keyed AND domain IS NOT NULL
    UNION
    SELECT ref_id, email_domain FROM match_reference WHERE is_keyed AND email_domain IS NOT NULL
),
own_domains AS (
    SELECT domain FROM domains GROUP BY domain HAVING count(*) <= $most_of_a_domain
),
by_domain AS (
    SELECT query.query_id, domains.ref_id, 60 AS weight
    FROM (SELECT DISTINCT query_id, unnest(domains) AS domain FROM match_query) AS query
    JOIN own_domains USING (domain)
    JOIN domains USING (domain)
),
phones AS (
    SELECT ref_id, phone FROM match_reference WHERE is_keyed AND phone IS NOT NULL
    UNION
    SELECT ref_id, mobile FROM match_reference WHERE is_keyed AND mobile IS NOT NULL
),
own_phones AS (
    SELECT phone FROM phones GROUP BY phone HAVING count(*) <= $most_of_a_phone
),
by_phone AS (
    SELECT query.query_id, phones.ref_id, 40 AS weight
    FROM (SELECT DISTINCT query_id, unnest(phones) AS phone FROM match_query) AS query
    JOIN own_phones USING (phone)
    JOIN phones USING (phone)
),
keys AS (
    SELECT ref_id, country_code, core_key
    FROM match_reference
    WHERE is_keyed AND core_key IN (SELECT core_key FROM match_query)
    UNION
    SELECT further.ref_id, reference.country_code, further.core_key
    FROM match_reference_name AS further
    JOIN match_reference AS reference USING (ref_id)
    WHERE reference.is_keyed AND further.core_key IN (SELECT core_key FROM match_query)
),
by_name AS (
    SELECT
        query.query_id,
        keys.ref_id,
        CASE WHEN query.country_code IS NULL OR keys.country_code = query.country_code THEN 40 ELSE 20 END AS weight
    FROM match_query AS query
    JOIN keys USING (core_key)
    QUALIFY row_number() OVER (PARTITION BY query.query_id ORDER BY weight DESC, keys.ref_id) <= $most
),
-- a slip of the pen leaves either the beginning or the end of a name as it was
edges AS (
    SELECT ref_id, country_code, 'start' AS side, left(core_key, 6) AS edge
    FROM match_reference
    WHERE is_keyed AND length(core_key) >= 8
    UNION ALL
    SELECT ref_id, country_code, 'end' AS side, right(core_key, 6) AS edge
    FROM match_reference
    WHERE is_keyed AND length(core_key) >= 8
),
asked_edges AS (
    SELECT query_id, country_code, 'start' AS side, left(core_key, 6) AS edge FROM match_query WHERE length(core_key) >= 8
    UNION ALL
    SELECT query_id, country_code, 'end' AS side, right(core_key, 6) AS edge FROM match_query WHERE length(core_key) >= 8
),
by_edge AS (
    SELECT asked.query_id, edges.ref_id, 6 AS weight
    FROM asked_edges AS asked
    JOIN edges USING (country_code, side, edge)
    WHERE (country_code, side, edge) IN (
        SELECT (country_code, side, edge)
        FROM edges
        WHERE edge IN (SELECT edge FROM asked_edges)
        GROUP BY country_code, side, edge
        HAVING count(*) <= $most_of_an_edge
    )
),
-- how telling a word is: the fewer have it in the query's country, the more; 24 less its count's binary digits
words AS (
    SELECT
        asked.query_id,
        asked.country_code,
        asked.word,
        seen.country_code AS seen_in,
        CASE WHEN asked.country_code IS NULL THEN seen.holders_anywhere ELSE seen.holders END AS holders,
        seen.holders_anywhere
    FROM match_query_word AS asked
    JOIN match_word AS seen USING (word)
    WHERE asked.country_code IS NULL
        OR seen.country_code = asked.country_code
        OR seen.holders_anywhere <= $rare_anywhere
),
telling_words AS (
    SELECT *, 24 - length(bin(holders)) AS telling
    FROM words
    WHERE holders <= $most_of_a_word
    QUALIFY dense_rank() OVER (
        PARTITION BY query_id, (seen_in = country_code OR country_code IS NULL) ORDER BY holders_anywhere, word
    ) <= $words
),
by_word AS (
    SELECT
        words.query_id,
        posting.ref_id,
        CAST(sum(CASE WHEN words.country_code IS NULL OR words.seen_in = words.country_code THEN telling ELSE telling // 2 END) AS INTEGER) AS weight
    FROM telling_words AS words
    JOIN match_posting AS posting ON posting.word = words.word AND posting.country_code IS NOT DISTINCT FROM words.seen_in
    GROUP BY words.query_id, posting.ref_id
),
together AS (
    SELECT query_id, ref_id, sum(weight) AS weight
    FROM (
        SELECT * FROM by_number UNION ALL SELECT * FROM by_domain UNION ALL SELECT * FROM by_phone
        UNION ALL SELECT * FROM by_name UNION ALL SELECT * FROM by_word UNION ALL SELECT * FROM by_edge
    )
    GROUP BY query_id, ref_id
)
SELECT query.query_number, together.query_id, together.ref_id, CAST(together.weight AS INTEGER) AS weight
FROM together
JOIN match_query AS query USING (query_id)
JOIN match_reference AS reference USING (ref_id)
QUALIFY row_number() OVER (
    PARTITION BY together.query_id
    ORDER BY together.weight * 2 - least(abs(length(query.core_key) - length(reference.core_key)), 20) DESC, together.ref_id
) <= $most;
