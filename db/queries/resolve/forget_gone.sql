-- Takes records that were erased or withdrawn out of their companies; those that merely left their source stay.
DELETE FROM core.company_member WHERE record_id NOT IN (SELECT record_id FROM core.record_key);
