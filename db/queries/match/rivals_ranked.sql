-- One row a link, the most probable of all first, in a list where the odds of having a company are $odds times the model's.
SELECT left_row, "rank", right_id
FROM match_link
ORDER BY $odds * probability / ($odds * (1 - nobody) + nobody) DESC, score DESC, left_id, right_id, left_row, "rank";
