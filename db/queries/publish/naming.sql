-- One row a company whose own site's description holds the name of a person who is known here, in any company, or is held back: it is
-- published without. Compared are first and last names, without accents and endings: a middle name may be told on one side only. Two words
-- may stand in either order.
CREATE OR REPLACE TEMP TABLE naming_company AS
WITH said AS (
    SELECT company_id, words, unnest([words[-1], regexp_replace(words[-1], '(?:''s|’s|s|in|n)$', '')]) AS last_name
    FROM (SELECT company_id, regexp_extract_all(strip_accents(lower(name)), '[\pL’''-]+') AS words FROM said_names('core.company'))
    WHERE len(words) < 4
),
known AS (
    SELECT holder_name AS name FROM core.role WHERE holder_kind = 'person' AND EXISTS (SELECT 1 FROM said)
    UNION ALL
    SELECT first_name || ' ' || last_name FROM core.crm_contact WHERE EXISTS (SELECT 1 FROM said)
    UNION ALL
    SELECT name FROM core.company WHERE is_natural_person AND EXISTS (SELECT 1 FROM said)
),
person AS (
    SELECT DISTINCT
        unnest([words[1], words[-1], words[2], words[1]]) AS first_name, unnest([words[-1], words[1], words[1], words[2]]) AS last_name,
        unnest([false, true, true, true]) AS is_two
    FROM (
        -- some registers write the last name first, and a comma
        SELECT regexp_extract_all(strip_accents(lower(nfc_normalize(regexp_replace(name, '^([^,]+),(.+)$', '\2 \1')))), '[\pL’''-]+') AS words
        FROM known
    )
    WHERE len(words) > 1
)
SELECT DISTINCT company_id
FROM said
JOIN person
    ON person.first_name = said.words[1] AND person.last_name = said.last_name AND (NOT is_two OR len(said.words) = 2)
UNION
SELECT company_id FROM held_descriptions('core.company');
