-- Of match_link only the links that are given stay.
DELETE FROM match_link
WHERE (left_row, "rank") NOT IN (SELECT (left_row, "rank") FROM given);
