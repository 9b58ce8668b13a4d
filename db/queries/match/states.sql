-- One row a kind of CRM record and verdict: how many there are in the published files.
SELECT crm_kind AS kind, state, count(*) AS record_count FROM current_match GROUP BY ALL ORDER BY kind, state;
