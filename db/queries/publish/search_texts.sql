-- One row a company of a stretch of `searched`: what its words are taken from.
SELECT number, concat_ws(chr(10), name, activity, purpose, site_description) AS text FROM searched WHERE number >= $first AND number < $last;
