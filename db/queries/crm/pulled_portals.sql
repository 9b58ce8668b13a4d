-- One row an account that was pulled.
SELECT DISTINCT portal FROM core.crm_pull WHERE source = $source ORDER BY portal;
