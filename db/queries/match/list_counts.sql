-- One row: the rows of a list, and those of them without a name.
SELECT count(*) AS list_rows, count(*) FILTER (core_name IS NULL) AS nameless FROM match_list;
