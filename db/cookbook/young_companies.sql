-- Which companies were founded in the last three years before this publication and already employ people, for sure?
-- For: SDR.
SELECT id_label, name, industry_title, employees_low, employees_high, city, founded_date
FROM mart.company, mart.meta
WHERE status = 'active' AND founded_date >= meta.as_of::DATE - INTERVAL 3 YEAR AND employees_low >= 1
ORDER BY employees_low DESC, id_label
LIMIT 100;
