-- One row a pair of industry codes of which one came in the place of the other.
SELECT old_scheme, old_code, new_scheme, new_code FROM mart.correspondence ORDER BY ALL;
