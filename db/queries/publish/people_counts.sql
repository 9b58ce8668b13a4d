-- One row: what is in a people file.
SELECT
    (SELECT count(*) FROM mart.person_company) AS person_company_count,
    (SELECT count(*) FROM mart.contact) AS contact_count;
