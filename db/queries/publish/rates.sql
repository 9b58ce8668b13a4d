-- One row a day by whose rates amounts of companies are compared: how many units of a currency one euro was.
SELECT rate_date, per_euro
FROM core.exchange_rate
WHERE currency = $currency AND rate_date IN (SELECT revenue_rate_date FROM core.company)
ORDER BY rate_date;
