-- One row a rival, the best of all first.
SELECT left_row, "rank", right_id
FROM match_rival
ORDER BY probability DESC, score DESC, left_id, right_id, left_row, "rank";
