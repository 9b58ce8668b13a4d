-- One row a code or place that published companies have, for the criteria `$kinds`.
SELECT kind, scheme, code, title, company_count
FROM mart.code_in_use
WHERE list_contains($kinds, kind)
ORDER BY kind, code, scheme;
