-- Which unknown criterion keeps most companies from a sure answer: what should be looked up first?
-- For: analyst.
SELECT icp, criterion, count(*) AS companies_unknown, sum(fit_high - fit_low) AS points_open
FROM mart.fit_point AS point
JOIN mart.fit AS fit USING (company_id, icp)
WHERE point.verdict = 'unknown'
GROUP BY ALL
ORDER BY companies_unknown DESC, criterion;
