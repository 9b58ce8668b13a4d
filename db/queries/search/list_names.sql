-- One row a list that has members.
SELECT DISTINCT list_name FROM current_list_member ORDER BY list_name;
