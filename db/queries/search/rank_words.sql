-- Where no reader laid decisions over the file, nothing of a site is held back.
CREATE TEMP TABLE IF NOT EXISTS undescribed_now AS SELECT NULL::UUID AS company_id WHERE false;

-- One row a word that companies use for one that is asked for (`asked_term`, lent): `is_part` says that only a part of it is,
-- `is_derived` that it is another word of the same stem, `share` how much of the word asked for it is.
CREATE OR REPLACE TEMP TABLE word_asked AS
WITH meant AS (
    SELECT *, NOT is_part AND NOT coalesce(list_contains(forms, translate(word, $marked, $plain)), true) AS is_derived
    FROM asked_term
    JOIN mart.term USING (language, term)
    JOIN (SELECT word_id, word FROM mart.word) USING (word_id)
)
SELECT
    concept, asked, weight, word_id, bool_and(is_part) AS is_part, bool_and(is_derived) AS is_derived,
    max(CASE
        WHEN is_part THEN $part_weight
        WHEN is_derived THEN $derived_weight
        WHEN word = asked THEN 1.0
        ELSE $inflected_weight
    END) AS share,
    CASE WHEN bool_and(is_part) THEN $place_part_weight ELSE $place_weight END AS place_weight
FROM meant
GROUP BY concept, asked, weight, word_id;

-- A word that nobody uses alone, sites apart, is none at which compounds are split: it is looked for at both ends of words.
INSERT INTO word_asked
SELECT
    min(concept) AS concept, asked, 1.0 AS weight, word_id, true AS is_part, false AS is_derived, $part_weight AS share,
    $place_part_weight AS place_weight
FROM asked_term
JOIN mart.word ON starts_with(word, asked) OR ends_with(word, asked)
WHERE weight = 1.0 AND length(asked) >= $shortest_end
    AND asked NOT IN (SELECT asked FROM word_asked JOIN mart.word USING (word_id) WHERE weight = 1.0 AND company_count > 0)
    AND word_id NOT IN (SELECT word_id FROM word_asked)
GROUP BY asked, word_id;

-- One row a company that uses one of them: how relevant it is, by BM25F; the most relevant of all has 100, none less than 1. How rare
-- a word is, is told by those who use it, not by those who only use words derived of it. Sums are of whole numbers, so that every
-- run gives the same. Sites are read of few, so a word of a site counts only where the other texts lack it, no more than it does for
-- anybody who has it there, and says nothing of how rare it is unless it is on sites alone.
CREATE OR REPLACE TEMP TABLE worded AS
WITH average AS (
    SELECT
        count(*) AS companies, greatest(avg(name_length), 1) AS name, greatest(avg(purpose_length), 1) AS purpose,
        greatest(avg(activity_length), 1) AS activity, greatest(avg(place_length), 1) AS place,
        greatest(avg(site_length) FILTER (site_length > 0), 1) AS site
    FROM mart.text
),
hit AS (
    SELECT
        concept, company_number, bool_and(is_derived) FILTER (greatest(name_count, purpose_count, activity_count, place_count) > 0) AS is_derived,
        sum(round(1e6 * share * (
            $name_weight * name_count / (1 - $b + $b * name_length / average.name)
            + $purpose_weight * purpose_count / (1 - $b + $b * purpose_length / average.purpose)
            + $activity_weight * activity_count / (1 - $b + $b * activity_length / average.activity)
            + word_asked.place_weight * place_count / (1 - $b + $b * place_length / average.place)
            + CASE WHEN is_opening THEN $opening_weight ELSE 0 END
        ))::BIGINT) / 1e6 AS registered,
        sum(round(1e6 * share * $site_weight * site_count / (1 - $b + $b * site_length / average.site))::BIGINT) / 1e6 AS on_site
    FROM word_asked
    JOIN mart.posting USING (word_id)
    JOIN mart.text USING (company_number)
    CROSS JOIN average
    -- what is held back of a site finds nobody
    WHERE greatest(name_count, purpose_count, activity_count, place_count) > 0 OR company_id NOT IN (SELECT company_id FROM undescribed_now)
    GROUP BY concept, company_number
),
used AS (
    SELECT
        concept, min(registered) FILTER (registered > 0) AS least_registered,
        coalesce(nullif(count(*) FILTER (NOT is_derived), 0), nullif(count(is_derived), 0), count(*)) AS users
    FROM hit
    GROUP BY concept
),
rarity AS (
    SELECT concept, least_registered, weight * ln(1 + (companies - users + 0.5) / (users + 0.5)) AS weight
    FROM used
    JOIN (SELECT DISTINCT concept, weight FROM word_asked) USING (concept)
    CROSS JOIN average
),
scored AS (
    SELECT company_number, sum(round(1e6 * rarity.weight * frequency * ($k1 + 1) / (frequency + $k1))::BIGINT)::BIGINT AS score
    FROM (
        SELECT hit.company_number, rarity.weight, CASE WHEN registered > 0 THEN registered ELSE least(on_site, least_registered) END AS frequency
        FROM hit
        JOIN rarity USING (concept)
    ) AS rarity
    GROUP BY company_number
)
SELECT company_id, score, greatest(round(100 * score / max(score) OVER ()), 1)::UTINYINT AS relevance
FROM scored
JOIN mart.text USING (company_number);
