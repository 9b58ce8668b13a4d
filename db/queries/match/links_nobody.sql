-- One row a left row that has candidates: the chance (0-1) that it is none of them.
SELECT nobody FROM match_link WHERE "rank" = 1 ORDER BY left_row;
