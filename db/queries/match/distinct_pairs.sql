-- Makes match_pair: each pair once, numbered in the order of the list.
CREATE TEMP TABLE match_pair AS
SELECT row_number() OVER (ORDER BY low_no, high_no) - 1 AS pair_number, low_no, high_no
FROM (SELECT DISTINCT low_no, high_no FROM match_near);

DROP TABLE match_near;
