-- One row a link that is kept.
SELECT left_id, right_id, "rank", score, probability, evidence
FROM match_rival
JOIN given USING (left_row, "rank")
ORDER BY left_row;
