-- How many versions the import brought, and how many it closed; core.crm_record stands for the table of the kind.
SELECT count(*) FILTER (import_id = $import_id) AS removed_count,
       count(*) FILTER (closed_by = $import_id) AS reopened_count
FROM core.crm_record;
