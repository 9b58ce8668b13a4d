-- One row a record id of a CRM company that did not come from HubSpot: in HubSpot that number is somebody else's.
SELECT DISTINCT crm_key FROM people.mart.crm_company WHERE crm_key IS NOT NULL AND NOT starts_with(crm_id, 'hubspot:');
