-- Which companies fit an ICP best, those first that are sure to fit? A band such as 40-80 says that something is
-- unknown.
-- For: SDR.
SELECT icp, fit.verdict, fit_low, fit_high, id_label, name, industry_title, city
FROM mart.fit AS fit
JOIN mart.company AS company USING (company_id)
WHERE NOT is_customer AND NOT has_open_deal
ORDER BY icp, fit.verdict DESC, fit_low DESC, fit_high DESC, id_label
LIMIT 100;
