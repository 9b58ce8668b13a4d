-- The newest day of which rates were fetched, as the runs note it; a rate that came with the program does not count.
SELECT max(feed_cursor)::DATE FROM core.run WHERE source = $source AND outcome IN ('ok', 'unchanged');
