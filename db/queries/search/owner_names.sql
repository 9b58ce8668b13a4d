-- One row a name by which an owner may be asked for; `crm_owner` are the owners of the CRM.
SELECT name AS asked_as FROM crm_owner WHERE name IS NOT NULL
UNION
SELECT email FROM crm_owner WHERE email IS NOT NULL
UNION
SELECT owner_id FROM current_company WHERE owner_id IS NOT NULL
UNION
SELECT unnest($territory_owners::VARCHAR[])
