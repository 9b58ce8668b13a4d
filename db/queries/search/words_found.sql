-- One row a word of one of the companies `$ids` by which it was found (`word_asked`): for which words, and in which of its texts.
WITH found AS (
    SELECT word_id, list_sort(list(DISTINCT asked)) AS asked, bool_and(is_part) AS is_part, bool_and(is_derived) AS is_derived
    FROM word_asked
    GROUP BY word_id
)
SELECT
    company_id::VARCHAR AS company_id, word, found.asked, is_part, is_derived,
    list_filter([
        CASE WHEN name_count > 0 THEN 'name' END, CASE WHEN purpose_count > 0 THEN 'purpose' END,
        CASE WHEN activity_count > 0 THEN 'activity' END, CASE WHEN place_count > 0 THEN 'place' END,
        CASE WHEN site_count > 0 AND company_id NOT IN (SELECT company_id FROM undescribed_now) THEN 'website' END
    ], lambda one: one IS NOT NULL) AS fields
FROM found
JOIN mart.word USING (word_id)
JOIN mart.posting USING (word_id)
JOIN mart.text USING (company_number)
WHERE company_id IN (SELECT unnest($ids::UUID[])) AND length(fields) > 0
ORDER BY company_id, is_part, is_derived, word;
