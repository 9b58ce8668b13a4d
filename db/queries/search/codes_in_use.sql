-- One row a code or place that published companies have, for the criterion `$kind`.
SELECT kind, scheme, code, title, company_count
FROM mart.code_in_use
WHERE kind = $kind
ORDER BY code, scheme;
