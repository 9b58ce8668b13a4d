-- Fills mart.posting in the order of the words, so that a search reads a few stretches of it.
INSERT INTO mart.posting
SELECT word.word_id, company_number, name_count, purpose_count, activity_count, place_count, site_count, is_opening
FROM posting_met
JOIN word_met USING (met_id)
JOIN mart.word AS word ON word.language = word_met.language AND word.word = word_met.word
ORDER BY word.word_id, company_number;

DROP TABLE posting_met;
DROP TABLE word_met;
DROP TABLE IF EXISTS word_read;
DROP TABLE text_kept;
DROP TABLE text_now;
