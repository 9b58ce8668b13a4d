-- Adds the rates that come with the program (`shipped_rate`, lent) where none is known.
INSERT INTO core.exchange_rate BY NAME
SELECT rate_date, currency, per_euro
FROM shipped_rate
WHERE (rate_date, currency) NOT IN (SELECT (rate_date, currency) FROM core.exchange_rate);
