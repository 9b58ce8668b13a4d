-- One row a word asked for that some company uses (`word_asked`), in any of its forms or within another word.
SELECT DISTINCT asked FROM word_asked;
