-- One row a text by which the subject can be found again.
SELECT text FROM erased_text;
