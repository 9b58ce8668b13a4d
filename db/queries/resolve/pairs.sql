-- One row a pair that was found, and number where they share one.
SELECT * FROM resolve_pair ORDER BY ALL;
