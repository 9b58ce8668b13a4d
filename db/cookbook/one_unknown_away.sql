-- Which companies would be sure to fit if a single unknown criterion held, and which criterion is it?
-- For: SDR.
SELECT icp, id_label, name, any_value(criterion) AS unknown_criterion, fit_low, fit_high
FROM mart.fit_point AS point
JOIN mart.fit AS fit USING (company_id, icp)
JOIN mart.company AS company USING (company_id)
WHERE point.kind <> 'should' AND point.verdict = 'unknown'
GROUP BY icp, company_id, id_label, name, fit_low, fit_high
HAVING count(*) = 1
ORDER BY icp, fit_high DESC, fit_low DESC, id_label
LIMIT 100;
