-- One row: how many register records and CRM records are the subject's.
SELECT (SELECT count(*) FROM erased_record) AS record_count, (SELECT count(*) FROM erased_crm) AS crm_count;
