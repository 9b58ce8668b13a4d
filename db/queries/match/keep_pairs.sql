-- Of match_pair only the pairs that are lent stay, numbered anew.
CREATE OR REPLACE TEMP TABLE match_pair AS
SELECT row_number() OVER (ORDER BY low_no, high_no) - 1 AS pair_number, low_no, high_no FROM kept_pairs;
