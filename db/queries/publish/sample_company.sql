-- Puts one company into an empty warehouse, so that files can be published of which only the comments are read.
INSERT INTO core.company BY NAME
SELECT
    uuid() AS company_id, 'NO:0' AS id_label, 'Sample' AS name, 'legal_entity' AS entity_kind, false AS is_natural_person,
    'active' AS status, 'unknown' AS employees_state, false AS is_customer, false AS has_open_deal,
    false AS is_customer_group, false AS is_in_crm, 'no_brreg:0' AS anchor_record_id, now() AS first_known_at, now() AS last_known_at;
