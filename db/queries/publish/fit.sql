-- Keeps the answers of one ICP: a row a company that fits or may fit, and a row each of its criteria.
INSERT INTO mart.fit
SELECT company_id, $icp_name, $icp_version, verdict, fit_low, fit_high
FROM fitted
WHERE verdict <> 'no'
ORDER BY fit_low DESC;

INSERT INTO mart.fit_point
SELECT company_id, $icp_name, point.criterion, point.kind, point.verdict, point.weight, point."value", point.share_low, point.share_high
FROM (SELECT company_id, unnest(points) AS point FROM fitted WHERE verdict <> 'no')
ORDER BY company_id;
