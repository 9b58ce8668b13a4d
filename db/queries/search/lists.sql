-- One row a list that has members: how many, and when the last was added.
SELECT list_name, count(*) AS companies, max(added_at) AS last_added_at
FROM current_list_member
GROUP BY list_name
ORDER BY list_name;
