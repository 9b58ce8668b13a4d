-- One row a register record or CRM record that goes.
SELECT record_id FROM erased_record
UNION
SELECT crm_id FROM erased_crm;
