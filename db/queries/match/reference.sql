-- Makes the views through which the candidates' queries see the warehouse: records, their numbers, further names, companies.
-- A natural person's record, or a mere sub-unit, is only found by its number.
CREATE OR REPLACE TEMP VIEW match_reference AS
SELECT
    rowid AS ref_no, record_id AS ref_id, name, country_code, core_name, core_key, legal_form_class, domain, email_domain, phone, mobile,
    postal_code, city_key, is_live, entity_kind,
    NOT is_natural_person AND entity_kind NOT IN ('establishment', 'estate') AS is_keyed
FROM core.record_key;

CREATE OR REPLACE TEMP VIEW match_reference_number AS
SELECT record_id AS ref_id, scheme, value FROM core.identifier;

CREATE OR REPLACE TEMP VIEW match_reference_name AS
SELECT record_id AS ref_id, name, core_name, core_key FROM core.record_name;

CREATE OR REPLACE TEMP VIEW match_company AS
SELECT record_id AS ref_id, company_id::VARCHAR AS company_id FROM core.company_member;
