-- One row a record of a company that fits an ICP, or may: those whose fit an answer can still change before those of whom all
-- that is asked is known, each the best first.
SELECT unnest(company.record_ids) AS record_id, max(fit.fit_low) AS fit_low
FROM mart.fit AS fit
JOIN mart.company AS company USING (company_id)
WHERE NOT company.is_customer
GROUP BY record_id
ORDER BY max(fit.fit_high - fit.fit_low) > 0 DESC, fit_low DESC, record_id
LIMIT $limit;
