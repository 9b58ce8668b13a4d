-- Reads the words of the companies from `$first` up to `$last` (excluded) whose texts are new or changed.
CREATE OR REPLACE TEMP TABLE word_read AS
WITH stretch AS (
    SELECT *
    FROM text_now
    WHERE company_number >= $first AND company_number < $last AND company_number NOT IN (SELECT company_number FROM text_kept)
),
field AS (
    SELECT company_number, language, unnest([
        {'field': 'name', 'text': name}, {'field': 'purpose', 'text': purpose},
        {'field': 'activity', 'text': activity}, {'field': 'place', 'text': place}, {'field': 'site', 'text': site}
    ], recursive := true)
    FROM stretch
),
listed AS (
    -- letters and digits of the Latin, Greek and Cyrillic alphabets
    SELECT company_number, language, field, regexp_extract_all(lower(nfc_normalize("text")), '[0-9a-zß-öø-ӿ]+') AS words
    FROM field
    WHERE "text" IS NOT NULL
),
word AS (
    SELECT
        company_number, language, field, unnest(words) AS word,
        -- a short text has no opening: all of it would be
        generate_subscripts(words, 1) <= 15 AND len(words) >= 60 AND field IN ('purpose', 'activity') AS is_opening
    FROM listed
)
SELECT
    company_number, language, word,
    count(*) FILTER (field = 'name') AS name_count, count(*) FILTER (field = 'purpose') AS purpose_count,
    count(*) FILTER (field = 'activity') AS activity_count, count(*) FILTER (field = 'place') AS place_count,
    count(*) FILTER (field = 'site') AS site_count, bool_or(is_opening) AS is_opening
FROM word
GROUP BY company_number, language, word;

INSERT INTO mart.text
SELECT
    company_number, any_value(now.company_id), any_value(now.language),
    least(coalesce(sum(name_count), 0), 65535), least(coalesce(sum(purpose_count), 0), 65535),
    least(coalesce(sum(activity_count), 0), 65535), least(coalesce(sum(place_count), 0), 65535),
    least(coalesce(sum(site_count), 0), 65535), any_value(now.digest)
FROM text_now AS now
LEFT JOIN word_read USING (company_number)
WHERE company_number >= $first AND company_number < $last AND company_number NOT IN (SELECT company_number FROM text_kept)
GROUP BY company_number;

INSERT INTO word_met
SELECT ((SELECT coalesce(max(met_id) + 1, 0) FROM word_met) + row_number() OVER () - 1)::UINTEGER, language, word
FROM (
    SELECT DISTINCT language, word FROM word_read
    ANTI JOIN stop_word USING (language, word)
    ANTI JOIN word_met USING (language, word)
);

INSERT INTO posting_met
SELECT met_id, company_number, least(name_count, 255), least(purpose_count, 255), least(activity_count, 255), least(place_count, 255), least(site_count, 255), is_opening
FROM word_read
JOIN word_met USING (language, word);
