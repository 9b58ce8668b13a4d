-- Makes the tables of a kept index: the list and, for all its words, names, edges, numbers, domains and addresses, who has them.
-- What is looked up stands together, so that reading little of it is enough.
CREATE TABLE list AS SELECT rowid AS ref_no, * EXCLUDE (rowid) FROM match_list ORDER BY ref_no;
CREATE TABLE posting AS SELECT * FROM match_posting ORDER BY word_no;
CREATE TABLE word AS SELECT * FROM match_word ORDER BY word;
CREATE TABLE name_key AS SELECT * FROM match_key ORDER BY core_key;
CREATE TABLE initials AS SELECT * FROM match_initials ORDER BY initials;
CREATE TABLE edge AS SELECT * FROM match_edge ORDER BY edge;
CREATE TABLE number AS SELECT * FROM match_number ORDER BY number;
CREATE TABLE domain AS SELECT * FROM match_domain ORDER BY domain;
CREATE TABLE address AS SELECT * FROM match_address ORDER BY address_key;
