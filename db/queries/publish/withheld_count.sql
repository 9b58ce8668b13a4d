-- How many companies are in no published file.
SELECT count(*) FROM withheld_company;
