-- One row a term of `$terms` that words of a language have as their own stem: how many companies use it.
SELECT term, sum(company_count) AS company_count
FROM mart.term
JOIN mart.word USING (word_id)
WHERE NOT is_part AND mart.term.language = $language AND list_contains($terms, term)
GROUP BY term;
