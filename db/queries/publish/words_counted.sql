-- One row a word of a language with the number of companies that use it, what their sites say apart: those that were read would
-- decide how compounds are split; words that nobody uses any more are gone.
INSERT INTO mart.word
SELECT (row_number() OVER (ORDER BY language, word) - 1)::UINTEGER, language, word, company_count
FROM word_met
JOIN (
    SELECT met_id, count(*) FILTER (greatest(name_count, purpose_count, activity_count, place_count) > 0) AS company_count
    FROM posting_met
    GROUP BY met_id
) USING (met_id)
ORDER BY language, word;
