-- How old is what each source said last, under which licence may it be shown, and which words does that ask for?
-- For: analyst.
SELECT name, row_count, last_delivery_at, date_diff('day', last_delivery_at, now()) AS days_old, licence, attribution
FROM mart.source
WHERE row_count > 0
ORDER BY last_delivery_at;
