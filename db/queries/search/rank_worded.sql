-- One row a company that uses one of the words asked for and that no rule of `$excluding` (bits) leaves out, best first: known fits,
-- then by relevance, then by score.
SELECT company_id, verdict, fit_low, fit_high, owner, rules, relevance
FROM found
JOIN worded USING (company_id)
WHERE rules & $excluding = 0
ORDER BY verdict = 'yes' DESC, relevance DESC, fit_low DESC, fit_high DESC, employees_low DESC NULLS LAST, name, company_id
LIMIT $limit
