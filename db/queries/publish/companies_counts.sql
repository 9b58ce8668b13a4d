-- One row: what is in a companies file.
SELECT count(*) AS company_count, count(*) FILTER (is_natural_person) AS natural_person_count FROM mart.company;
