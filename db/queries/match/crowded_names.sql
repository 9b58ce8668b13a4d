-- One row a name that more than $most rows of a list bear, the most borne first.
SELECT min(name) AS name, count(*) AS bearers
FROM match_list
WHERE core_key IS NOT NULL
GROUP BY core_key
HAVING count(*) > $most
ORDER BY bearers DESC, name;
