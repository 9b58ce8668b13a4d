-- One row a row of the list, in its order.
SELECT ref_id FROM match_list ORDER BY rowid;
