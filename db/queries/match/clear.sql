-- Lets go of everything that finding candidates made.
DROP TABLE IF EXISTS match_query;
DROP TABLE IF EXISTS match_query_word;
DROP TABLE IF EXISTS match_posting;
DROP TABLE IF EXISTS match_word;
DROP TABLE IF EXISTS match_candidate;
DROP TABLE IF EXISTS match_compared;
