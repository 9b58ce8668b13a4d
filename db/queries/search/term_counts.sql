-- One row a term of `asked_piece` (lent) that words have as their own stem: how many companies use it.
SELECT language, term, sum(company_count) AS company_count
FROM mart.term
JOIN asked_piece USING (language, term)
JOIN (SELECT word_id, company_count FROM mart.word) USING (word_id)
WHERE NOT is_part
GROUP BY language, term;
