-- How many companies a new file must have.
SELECT count(*) FROM core.company WHERE NOT is_natural_person AND company_id NOT IN (SELECT company_id FROM withheld_company);
