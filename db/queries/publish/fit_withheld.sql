-- Counts those that fit an ICP, or may, but are in no published file; nobody is named.
INSERT INTO mart.withheld
SELECT $icp_name, rule, count(*)
FROM fitted
JOIN withheld_company USING (company_id)
WHERE verdict <> 'no'
GROUP BY rule;
