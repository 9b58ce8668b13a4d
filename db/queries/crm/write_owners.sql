-- Gives every version of a company, contact and deal the id of the owner that its text names, by today's owners.
CREATE OR REPLACE TEMP TABLE crm_owner_found AS
SELECT named.owner_original, coalesce(named.owner_id, alias.owner_id) AS owner_id
FROM crm_owner_named named LEFT JOIN crm_owner_alias alias USING (owner_original);

UPDATE core.crm_company SET owner_id = found.owner_id FROM crm_owner_found found
WHERE crm_company.owner_original = found.owner_original AND crm_company.owner_id IS DISTINCT FROM found.owner_id;
UPDATE core.crm_contact SET owner_id = found.owner_id FROM crm_owner_found found
WHERE crm_contact.owner_original = found.owner_original AND crm_contact.owner_id IS DISTINCT FROM found.owner_id;
UPDATE core.crm_deal SET owner_id = found.owner_id FROM crm_owner_found found
WHERE crm_deal.owner_original = found.owner_original AND crm_deal.owner_id IS DISTINCT FROM found.owner_id;
