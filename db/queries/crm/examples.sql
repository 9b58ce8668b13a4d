-- One row an example: the first three rows of the file for each action.
SELECT row_number, action, label FROM crm_version
QUALIFY row_number() OVER (PARTITION BY action ORDER BY row_number) <= 3
ORDER BY action, row_number;
