-- How many left rows have a link.
SELECT count(DISTINCT left_row) FROM match_link;
