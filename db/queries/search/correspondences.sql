-- One row a pair of codes, of industries or municipalities, of which one came in the place of the other.
SELECT old_scheme, old_code, new_scheme, new_code FROM mart.correspondence ORDER BY ALL;
