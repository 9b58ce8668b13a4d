-- One row an action: created, updated or unchanged, and the number of rows of the file.
SELECT action, count(*) AS row_count FROM crm_version GROUP BY action;
