-- One row another record of the left one's register that has the right one's name, for each of the lent pairs.
SELECT
    doubtful.left_id, doubtful.right_id,
    bool_or(namesake.name_key = record.name_key) AS has_whole_name
FROM doubtful_pairs AS doubtful
JOIN core.record_key AS record ON record.record_id = doubtful.right_id
JOIN core.record_key AS registered ON registered.record_id = doubtful.left_id
JOIN core.record_key AS namesake
    ON namesake.source = registered.source
    AND namesake.country_code = record.country_code
    AND namesake.core_key = record.core_key
    AND namesake.record_id <> doubtful.left_id
GROUP BY ALL
ORDER BY ALL;
