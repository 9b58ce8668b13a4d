-- Lets go of what waited.
DROP TABLE IF EXISTS normalise_todo;
