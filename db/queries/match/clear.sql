-- Lets go of everything that finding candidates made.
DROP TABLE IF EXISTS match_query;
DROP TABLE IF EXISTS match_query_key;
DROP TABLE IF EXISTS match_query_word;
DROP TABLE IF EXISTS match_query_edge;
DROP TABLE IF EXISTS match_query_other;
DROP TABLE IF EXISTS match_initials;
DROP TABLE IF EXISTS match_worded;
DROP TABLE IF EXISTS match_posting;
DROP TABLE IF EXISTS match_word;
DROP TABLE IF EXISTS match_key;
DROP TABLE IF EXISTS match_edge;
DROP TABLE IF EXISTS match_domain;
DROP TABLE IF EXISTS match_phone;
DROP TABLE IF EXISTS match_number;
DROP TABLE IF EXISTS match_address;
DROP TABLE IF EXISTS match_candidate;
