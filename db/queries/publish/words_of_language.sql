-- One row a word of one language, with the number of companies that use it.
SELECT word_id, word, company_count FROM mart.word WHERE language = $language ORDER BY word;
