-- One row a company of a stretch of the table: what its words are taken from.
SELECT rowid AS number, concat_ws(chr(10), name, activity, purpose) AS text FROM searched WHERE rowid >= $first AND rowid < $last;
