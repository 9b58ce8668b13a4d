-- A CRM record's id names HubSpot only where the file or the configuration does.
COMMENT ON COLUMN core.crm_company.crm_id IS 'internal: hubspot:<portal>:company:<record id>, crm:company:<record id> of a CRM that nobody named, else a random id';
COMMENT ON COLUMN core.crm_contact.crm_id IS 'internal: hubspot:<portal>:contact:<record id>, crm:contact:<record id> of a CRM that nobody named, else a random id';
COMMENT ON COLUMN core.crm_deal.crm_id IS 'internal: hubspot:<portal>:deal:<record id>, crm:deal:<record id> of a CRM that nobody named, else a random id';
COMMENT ON COLUMN core.crm_owner.crm_id IS 'internal: hubspot:<portal>:owner:<id>, crm:owner:<id> of a CRM that nobody named, else a random id';
