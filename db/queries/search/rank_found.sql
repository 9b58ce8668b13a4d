-- One row a company that no rule of `$excluding` (bits) leaves out, best first: known fits, then by score, then by size.
SELECT company_id, verdict, fit_low, fit_high, owner, rules
FROM found
WHERE rules & $excluding = 0
ORDER BY verdict = 'yes' DESC, fit_low DESC, fit_high DESC, employees_low DESC NULLS LAST, name, company_id
LIMIT $limit
