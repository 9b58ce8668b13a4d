-- One row a further name of a record that waits to be normalised, from row $low up to and without row $high.
SELECT record_id, further.kind, further.name
FROM (SELECT record_id, unnest(names) AS further FROM normalise_todo WHERE rowid >= $low AND rowid < $high)
WHERE further.name IS NOT NULL;
