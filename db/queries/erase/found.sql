-- How many register records, CRM records and roles are the subject's.
SELECT
    (SELECT count(*) FROM erased_record) + (SELECT count(*) FROM erased_crm) + (SELECT count(*) FROM erased_role);
