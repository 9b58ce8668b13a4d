-- One row: how many pairs there are to compare.
SELECT count(*) AS pairs FROM match_pair;
