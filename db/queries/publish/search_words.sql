-- The words of names, activities, purposes and what companies' own sites say, and the companies that have them. `search_found` (lent) are the words that
-- were met, `search_hit` in which company.

-- One row a word, in the order of its plain spelling: its companies are the `hits` rows of search.posting from `first` on.
CREATE TABLE search.word AS
SELECT plain, word, (sum(hits) OVER (ORDER BY plain, word ROWS UNBOUNDED PRECEDING) - hits)::BIGINT AS first, hits
FROM search_found
JOIN (SELECT word_id, count(DISTINCT place) AS hits FROM search_hit GROUP BY word_id) USING (word_id)
ORDER BY plain, word;

-- One row a word and company that has it: the company's row in search.company.
CREATE TABLE search.posting AS
SELECT place
FROM (SELECT DISTINCT word_id, place FROM search_hit)
JOIN search_found USING (word_id)
ORDER BY plain, word, place;

DROP TABLE search_hit;
