-- Puts the lent members in the place of what those records were before, and writes down the ids that changed.
DELETE FROM core.company_member WHERE record_id IN (SELECT record_id FROM changed_members);

INSERT INTO core.company_member BY NAME
SELECT record_id, company_id::UUID AS company_id, is_anchor, linked_by, now() AS linked_at FROM changed_members;

INSERT INTO core.company_id_log BY NAME
SELECT old_id::UUID AS old_id, new_id::UUID AS new_id, reason, $run_id::UUID AS run_id, now() AS changed_at FROM changed_ids;
