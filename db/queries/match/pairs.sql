-- Makes match_near: one row a pair of rows of a list that some key brings together, found from either row.
CREATE TEMP TABLE match_near (low_no BIGINT, high_no BIGINT);
