-- One row an owner of the CRM.
SELECT owner_id, name, email FROM people.mart.owner
