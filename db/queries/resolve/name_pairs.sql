-- Finds pairs of records in one country, of two registers or twice in one without numbers of its land, that share a name, a web domain, or a first word and the city, where the right one was not
-- joined to a record of the left one's register by a number (`settled_records`, lent). The left one is of the register
-- that owns the better number: a national one before an LEI before none. Names and domains that many have tell nothing.
CREATE OR REPLACE TEMP TABLE resolve_pair AS
WITH meeting_countries AS (
    SELECT country_code
    FROM core.record_key
    WHERE country_code IS NOT NULL
    GROUP BY country_code
    HAVING min(source) <> max(source)
),
standing AS (
    SELECT
        record.source,
        min(CASE WHEN number.scheme SIMILAR TO '[A-Z]{2}-.*' THEN 0 WHEN number.scheme = 'LEI' THEN 1 END) AS standing
    FROM core.identifier AS number
    JOIN core.record_key AS record
        ON record.record_id = number.record_id AND number.value = substr(record.record_id, length(record.source) + 2)
    GROUP BY record.source
),
company AS (
    SELECT record.* EXCLUDE (name), coalesce(standing, 2) AS standing
    FROM core.record_key AS record
    JOIN meeting_countries USING (country_code)
    LEFT JOIN standing USING (source)
    WHERE record.entity_kind IN ('legal_entity', 'public_body', 'branch') AND NOT record.is_natural_person
),
key AS (
    SELECT record_id, source, country_code, standing, 'n' || core_key AS key FROM company WHERE core_key IS NOT NULL
    UNION
    SELECT record_id, company.source, country_code, standing, 'n' || further.core_key
    FROM company
    JOIN core.record_name AS further USING (record_id)
    WHERE further.core_key IS NOT NULL
    UNION
    SELECT record_id, source, country_code, standing, 'd' || domain FROM company WHERE domain IS NOT NULL
    UNION
    SELECT record_id, source, country_code, standing, 'w' || split_part(core_name, ' ', 1) || ' ' || city_key
    FROM company
    WHERE length(split_part(core_name, ' ', 1)) > 3 AND city_key IS NOT NULL
),
telling AS (
    SELECT key.*
    FROM key
    SEMI JOIN (
        SELECT country_code, key
        FROM key
        GROUP BY ALL
        HAVING count(*) <= $most_of_a_name AND min(source) <> max(source)
    ) AS shared ON shared.country_code = key.country_code AND shared.key = key.key
)
SELECT DISTINCT one.record_id AS left_id, other.record_id AS right_id
FROM telling AS one
JOIN telling AS other
    ON one.country_code = other.country_code
    AND one.key = other.key
    AND (one.source <> other.source OR one.standing > 0)
    AND (one.standing, one.source, one.record_id) < (other.standing, other.source, other.record_id)
ANTI JOIN settled_records AS settled ON settled.record_id = other.record_id AND settled.source = one.source;
