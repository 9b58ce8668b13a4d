-- One row a kind of CRM record and state: how many have it.
SELECT crm_kind, state, count(*) AS records FROM core.match GROUP BY ALL ORDER BY ALL;
