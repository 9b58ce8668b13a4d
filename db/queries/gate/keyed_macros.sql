-- HMAC-SHA256 of 'scheme:val' in hex, under the key that db/keyed.py lent.
CREATE OR REPLACE TEMP MACRO hmac_of(scheme, val) AS
    sha256(getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || encode(scheme || ':' || val))));

-- The one spelling of a person's name that is hashed; as in enrich/subject.py.
CREATE OR REPLACE TEMP MACRO fold_person(name) AS
    lower(nfc_normalize(trim(regexp_replace(name, '[\s\pZ]+', ' ', 'g'))));

-- The one spelling of an organisation's number that is hashed: NO:923609016, FI:20774740, LEI:…
CREATE OR REPLACE TEMP MACRO organisation_of(scheme, number) AS
    CASE WHEN scheme = 'LEI' THEN 'LEI' ELSE left(scheme, 2) END || ':' || replace(number, '-', '');

-- One row a company of `companies` (a table shaped as core.company) whom an HMAC of held_back holds back, with the
-- rule. Hashes are made only of what is asked for: a million take seconds.
CREATE OR REPLACE TEMP MACRO held_companies(companies) AS TABLE
WITH asked AS NOT MATERIALIZED (
    SELECT company_id, registration_scheme, registration_number, lei, domain, phone, name, is_natural_person
    FROM query_table(companies)
),
named AS (
    SELECT company_id, 'organisation' AS scheme, hmac_of('organisation', organisation_of(registration_scheme, registration_number)) AS hmac
    FROM asked
    WHERE registration_number IS NOT NULL AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'organisation')
    UNION ALL
    SELECT company_id, 'organisation', hmac_of('organisation', organisation_of('LEI', lei))
    FROM asked
    WHERE lei IS NOT NULL AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'organisation')
    UNION ALL
    SELECT company_id, 'domain', hmac_of('domain', domain)
    FROM asked
    WHERE domain IS NOT NULL AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'domain')
    UNION ALL
    SELECT company_id, 'phone', hmac_of('phone', phone)
    FROM asked
    WHERE phone IS NOT NULL AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'phone')
    UNION ALL
    SELECT company_id, 'person', hmac_of('person', fold_person(name))
    FROM asked
    WHERE is_natural_person AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'person')
)
SELECT company_id, min(rule) AS rule
FROM named
JOIN held_back USING (scheme, hmac)
GROUP BY company_id;

-- One row a value (domain, e-mail address or phone) of `sites` (a table shaped as core.site) whom an HMAC of held_back holds
-- back. kari@mail.example.no is held back by mail.example.no and by example.no too.
CREATE OR REPLACE TEMP MACRO held_values(sites) AS TABLE
WITH stated AS NOT MATERIALIZED (
    SELECT domain, emails, phones FROM query_table(sites)
),
addressed AS (
    SELECT DISTINCT unnest(emails) AS text
    FROM stated
    WHERE EXISTS (SELECT 1 FROM held_back WHERE scheme IN ('email', 'domain'))
),
named AS (
    SELECT text, 'email' AS scheme, lower(trim(text)) AS value FROM addressed
    UNION ALL
    SELECT text, 'domain', unnest([array_to_string(labels[first:], '.') FOR first IN range(1, length(labels))])
    FROM (SELECT text, string_split(split_part(lower(trim(text)), '@', 2), '.') AS labels FROM addressed)
    UNION ALL
    SELECT DISTINCT domain, 'domain', domain FROM stated WHERE EXISTS (SELECT 1 FROM held_back WHERE scheme = 'domain')
    UNION ALL
    SELECT text, 'phone', text
    FROM (SELECT DISTINCT unnest(phones) AS text FROM stated WHERE EXISTS (SELECT 1 FROM held_back WHERE scheme = 'phone'))
)
SELECT DISTINCT text
FROM named
JOIN held_back ON held_back.scheme = named.scheme AND held_back.hmac = hmac_of(named.scheme, named.value);

-- One row a company of `companies` (a table shaped as core.company) and two to four words that follow each other in what its own
-- site says of it: what may be a person's name.
CREATE OR REPLACE TEMP MACRO said_names(companies) AS TABLE
WITH said AS NOT MATERIALIZED (
    SELECT company_id, regexp_extract_all(nfc_normalize(site_description), '[\pL\pM’''-]+') AS words
    FROM query_table(companies)
    WHERE site_description IS NOT NULL
)
SELECT DISTINCT company_id, array_to_string(words[first:first + length - 1], ' ') AS name
FROM (SELECT company_id, words, unnest(generate_series(1, len(words) - 1)) AS first FROM said)
CROSS JOIN (VALUES (2), (3), (4)) AS run (length)
WHERE first + length - 1 <= len(words);

-- One row a company whose own site's description holds the name of a person whom an HMAC of held_back holds back, or whose site's
-- domain one does. A hash tells no part of a name, so what has capitals is hashed in every form that the same name may have: without
-- an ending, with dots after initials, without what stands between, the last word first and the first last.
CREATE OR REPLACE TEMP MACRO held_descriptions(companies) AS TABLE
WITH said AS MATERIALIZED (
    SELECT company_id, name, string_split(name, ' ') AS words
    FROM said_names(companies)
    WHERE EXISTS (SELECT 1 FROM held_back WHERE scheme = 'person')
),
bare AS MATERIALIZED (
    SELECT company_id, unnest([words, list_append(words[:-2], regexp_replace(words[-1], '(?i)(?:''s|’s|s|in|n)$', ''))]) AS words
    FROM said
    WHERE regexp_matches(words[1], '^\p{Lu}') AND regexp_matches(words[-1], '^\p{Lu}')
),
ordered AS MATERIALIZED (
    SELECT company_id, unnest([words, [words[1], words[-1]], list_prepend(words[-1], words[:-2]), list_append(words[2:], words[1])]) AS words
    FROM bare
),
spelled AS MATERIALIZED (
    SELECT company_id, name FROM said
    UNION
    SELECT company_id, array_to_string(words, ' ') FROM ordered
    UNION
    SELECT company_id, array_to_string(list_transform(words, lambda one: CASE WHEN length(one) = 1 THEN one || '.' ELSE one END), ' ') FROM ordered
)
SELECT company_id
FROM spelled
WHERE hmac_of('person', fold_person(name)) IN (SELECT hmac FROM held_back WHERE scheme = 'person')
UNION
SELECT company_id
FROM query_table(companies)
WHERE site_description IS NOT NULL AND EXISTS (SELECT 1 FROM held_back WHERE scheme = 'domain')
    AND hmac_of('domain', split_part(other_origins['site_description'], ':', 2)) IN (SELECT hmac FROM held_back WHERE scheme = 'domain');
