-- One row a register record that goes.
SELECT record_id FROM erased_record;
