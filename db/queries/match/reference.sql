-- Makes the views through which the candidates' queries see the warehouse: records, their numbers, names, sizes, companies.
-- A natural person's record, or a mere sub-unit, is only found by its number. A record's ref_no is a hash of its id, so that
-- ties fall to the same record wherever its row lies: a record that is written again moves. In one of 37 million warehouses
-- of a million records two share one, and only either of them is ever a candidate.
CREATE OR REPLACE TEMP VIEW match_reference AS
SELECT
    hash(record_id) AS ref_no, record_id AS ref_id, name, country_code, core_name, core_key, legal_form_class, domain, email_domain, phone, mobile,
    postal_code, city_key, address_key, is_live, entity_kind,
    NOT is_natural_person AND entity_kind NOT IN ('establishment', 'estate') AS is_keyed
FROM core.record_key;

CREATE OR REPLACE TEMP VIEW match_reference_number AS
SELECT hash(record_id) AS ref_no, scheme, value FROM core.identifier;

CREATE OR REPLACE TEMP VIEW match_reference_name AS
SELECT hash(record_id) AS ref_no, name, core_name, core_key FROM core.record_name;

CREATE OR REPLACE TEMP VIEW match_reference_size AS
SELECT hash(record_id) AS ref_no, employees_low, employees_high
FROM core.source_record
WHERE known_to IS NULL AND employees_low IS NOT NULL;

CREATE OR REPLACE TEMP VIEW match_company AS
SELECT hash(record_id) AS ref_no, company_id::VARCHAR AS company_id FROM core.company_member;
