-- One row a word asked for that some company uses (`word_asked`): by how many companies it is, in any of its forms or within another word.
SELECT asked, count(DISTINCT company_number) AS company_count
FROM word_asked
JOIN mart.posting USING (word_id)
GROUP BY asked;
