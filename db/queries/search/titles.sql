-- One row a code that has a title.
SELECT scheme, code, title FROM mart.code WHERE title IS NOT NULL;
