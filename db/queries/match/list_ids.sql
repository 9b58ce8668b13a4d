-- One row a row of the list, in its order: its id and its registration number.
SELECT ref_id, number FROM match_list ORDER BY rowid;
