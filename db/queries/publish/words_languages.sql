-- One row a language of which there are words.
SELECT DISTINCT language FROM mart.word ORDER BY language;
