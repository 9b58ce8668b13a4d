-- What decides each criterion of an ICP: how many companies hold it, miss it, or leave it unknown?
-- For: analyst.
SELECT
    icp, kind, criterion,
    count(*) FILTER (WHERE verdict = 'yes') AS yes,
    count(*) FILTER (WHERE verdict = 'no') AS no,
    count(*) FILTER (WHERE verdict = 'unknown') AS unknown
FROM mart.fit_point
GROUP BY ALL
ORDER BY icp, kind, criterion;
