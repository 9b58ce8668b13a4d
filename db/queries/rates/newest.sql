-- The newest day of which rates were fetched; a rate that came with the program does not count.
SELECT max(rate_date) FROM core.exchange_rate
WHERE EXISTS (FROM core.run WHERE source = $source AND outcome = 'ok');
