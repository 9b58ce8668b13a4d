-- What was read: rows that the mapping saw, and lines that could not be read.
SELECT
    (SELECT count(*) FROM land_row) AS rows_read,
    (SELECT count(DISTINCT line) FROM land_unreadable) AS unreadable;
