-- One row a business of a natural person: counted, shown only for a reason.
SELECT *, false AS is_held_back FROM current_person_company
