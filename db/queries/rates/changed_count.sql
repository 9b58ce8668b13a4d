-- How many of the rates in `stated_rate` (lent) are new, or other than those known.
SELECT count(*)
FROM stated_rate
ANTI JOIN core.exchange_rate AS known USING (rate_date, currency, per_euro);
