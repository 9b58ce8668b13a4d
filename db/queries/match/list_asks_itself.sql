-- Makes the view by which every row of a list asks for its like: what match/queries reads.
CREATE TEMP VIEW asked AS
SELECT
    rowid AS query_number, country_code,
    CASE WHEN number IS NULL THEN [] ELSE ['number:' || number] END AS numbers,
    CASE WHEN domain IS NULL THEN [] ELSE [domain] END AS domains,
    []::VARCHAR[] AS phones, address_key,
    [{'core_name': core_name, 'core_key': core_key}] AS names,
    []::VARCHAR[] AS other_keys, []::VARCHAR[] AS other_words, NULL::VARCHAR AS initials,
    CASE WHEN array_length(string_split(replace(core_name, '& ', ''), ' ')) BETWEEN 3 AND 5
        THEN regexp_replace(replace(core_name, '& ', ''), '\B[a-z0-9]+| ', '', 'g') END AS acronym
FROM match_list;
