-- How many erasures there are to watch over.
SELECT count(*) FROM core.tombstone WHERE reason = 'erasure';
