-- Stands for what judgements change in the CRM where the people file is not open.
CREATE OR REPLACE TEMP TABLE crm_now AS
SELECT NULL::UUID AS company_id, NULL::BOOLEAN AS is_customer, NULL::BOOLEAN AS is_gained, NULL::VARCHAR[] AS crm_company_keys WHERE false;
