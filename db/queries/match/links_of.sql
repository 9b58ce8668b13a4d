-- The links of left rows from number $low up to and without $high, best first.
SELECT left_id, right_id, "rank", score, probability, evidence, nobody, left_row
FROM match_link
WHERE left_row >= $low AND left_row < $high
ORDER BY left_row, "rank";
