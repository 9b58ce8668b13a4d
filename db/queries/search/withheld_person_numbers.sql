-- One row a business of a natural person that is held back since publication: its row in the people file's table.
SELECT rowid AS number FROM people.mart.person_company WHERE company_id IN (SELECT company_id FROM withheld_person_now);
