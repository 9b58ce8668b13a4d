-- One row a text that names an owner whom no owner list holds.
SELECT owner_original FROM crm_owner_named WHERE owner_id IS NULL;
