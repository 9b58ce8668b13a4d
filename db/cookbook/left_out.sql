-- How many companies fit an ICP but are in no file because they were suppressed or erased, and how many there are in
-- all?
-- For: analyst.
SELECT coalesce(icp, 'all companies') AS icp, coalesce(rule, 'suppressed or erased') AS rule, company_count
FROM mart.withheld
ORDER BY ALL;
