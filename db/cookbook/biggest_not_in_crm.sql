-- Which are the biggest active companies that are not in the CRM?
-- For: SDR.
SELECT id_label, name, industry_title, employees_low, employees_high, city, website, phone
FROM mart.company
WHERE status = 'active' AND NOT is_in_crm AND NOT is_customer_group AND mark IS NULL
    AND NOT coalesce(is_marketing_protected, false)
ORDER BY employees_low DESC NULLS LAST, id_label
LIMIT 100;
