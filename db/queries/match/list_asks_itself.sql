-- Makes the view by which every row of a list asks for its like: what match/queries reads.
CREATE TEMP VIEW asked AS
SELECT
    rowid AS query_number, country_code,
    CASE WHEN number IS NULL THEN [] ELSE ['number:' || number] END AS numbers,
    CASE WHEN domain IS NULL THEN [] ELSE [domain] END AS domains,
    []::VARCHAR[] AS phones, address_key,
    [{'core_name': core_name, 'core_key': core_key}] AS names
FROM match_list;
