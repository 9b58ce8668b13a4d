-- One row a day by whose rates amounts of this file are compared: how many units of a currency one euro was.
SELECT rate_date, per_euro FROM mart.exchange_rate WHERE currency = $currency ORDER BY rate_date;
