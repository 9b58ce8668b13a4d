-- Prepares the words of the file being made (the current catalogue). `country_language` (lent) is the language of each country
-- that has one of ours, `stop_word` (lent) what is not kept. One row a company: its texts, and a hash of them.
CREATE OR REPLACE TEMP TABLE text_now AS
SELECT
    (row_number() OVER (ORDER BY company_id) - 1)::UINTEGER AS company_number, company_id,
    coalesce(spoken.language, $default_language) AS language, name, purpose, activity, place, site,
    hash(name, purpose, activity, place, site, coalesce(spoken.language, $default_language), $version) AS digest
FROM (
    SELECT
        company_id, country_code, purpose, activity, site_description AS site,
        concat_ws(' ', name, array_to_string(other_names, ' ')) AS name,
        CASE WHEN lower(city) IS DISTINCT FROM lower(municipality_name) THEN concat_ws(' ', city, municipality_name) ELSE city END AS place
    FROM mart.company
)
LEFT JOIN country_language AS spoken USING (country_code);

-- One row a company whose texts are as they were in the publication before; none where there is none.
CREATE OR REPLACE TEMP TABLE text_kept (company_number UINTEGER, before_number UINTEGER);

-- One row a word met so far; numbers are those of the publication before, or follow them.
CREATE OR REPLACE TEMP TABLE word_met (met_id UINTEGER, language VARCHAR, word VARCHAR);

-- One row a word and company, as mart.posting, by the numbers of word_met.
CREATE OR REPLACE TEMP TABLE posting_met (
    met_id UINTEGER, company_number UINTEGER, name_count UTINYINT, purpose_count UTINYINT, activity_count UTINYINT, place_count UTINYINT,
    site_count UTINYINT, is_opening BOOLEAN
);
