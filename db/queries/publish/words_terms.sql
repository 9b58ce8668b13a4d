-- Fills mart.term with what the words of a language mean: `word_term` (lent).
INSERT INTO mart.term
SELECT $language, term, word_id, is_part
FROM word_term
JOIN mart.word AS word ON word.language = $language AND word.word = word_term.word
ORDER BY term, word_id;
