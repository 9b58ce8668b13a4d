-- How many records wait to be normalised.
SELECT count(*) FROM normalise_todo;
