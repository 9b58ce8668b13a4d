-- Lands rates (`stated_rate`, lent): what is stated anew counts.
DELETE FROM core.exchange_rate
WHERE (rate_date, currency) IN (SELECT (rate_date, currency) FROM stated_rate);

INSERT INTO core.exchange_rate BY NAME SELECT rate_date, currency, per_euro FROM stated_rate;
