-- Makes the inverted indexes as match/index does, of what a kept one has of the queries' words, names, edges, numbers and addresses.
CREATE OR REPLACE TEMP TABLE match_word AS
SELECT *
FROM kept.word
WHERE word IN (
    SELECT word FROM match_query_word UNION SELECT word FROM match_query_other UNION SELECT initials FROM match_query
);

CREATE OR REPLACE TEMP TABLE match_posting AS
SELECT * FROM kept.posting WHERE word_no IN (SELECT word_no FROM match_word);

CREATE OR REPLACE TEMP TABLE match_key AS
SELECT *
FROM kept.name_key
WHERE core_key IN (
    SELECT core_key FROM match_query_key UNION SELECT core_key FROM match_query_other UNION SELECT initials FROM match_query
);

CREATE OR REPLACE TEMP TABLE match_initials AS
SELECT * FROM kept.initials WHERE initials IN (SELECT acronym FROM match_query);

CREATE OR REPLACE TEMP TABLE match_edge AS
SELECT * FROM kept.edge WHERE edge IN (SELECT DISTINCT edge FROM match_query_edge);

CREATE OR REPLACE TEMP TABLE match_number AS
SELECT * FROM kept.number WHERE number IN (SELECT number FROM (SELECT unnest(numbers) AS number FROM match_query) AS asked);

CREATE OR REPLACE TEMP TABLE match_domain AS SELECT * FROM kept.domain;

CREATE OR REPLACE TEMP TABLE match_address AS
SELECT * FROM kept.address WHERE address_key IN (SELECT DISTINCT address_key FROM match_query);

CREATE OR REPLACE TEMP TABLE match_phone AS
SELECT NULL::VARCHAR AS phone, NULL::BIGINT AS ref_no WHERE false;
