-- How many companies and contacts the CRM has.
SELECT
    (SELECT count(*) FROM core.crm_company WHERE known_to IS NULL AND NOT is_closed)
    + (SELECT count(*) FROM core.crm_contact WHERE known_to IS NULL AND NOT is_closed);
