-- One row a record that waits to be normalised, from row $low up to and without row $high.
SELECT * EXCLUDE (names, identifiers)
FROM normalise_todo
WHERE rowid >= $low AND rowid < $high;
