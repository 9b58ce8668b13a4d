-- Takes the lent records as those that go.
CREATE OR REPLACE TEMP TABLE erased_record AS SELECT record_id FROM withdrawn_rows;
CREATE OR REPLACE TEMP TABLE erased_crm AS SELECT NULL::VARCHAR AS crm_id LIMIT 0;
