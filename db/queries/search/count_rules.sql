-- One row a combination of rules and a verdict: how many of the companies found have it.
SELECT rules, verdict, count(*) AS company_count
FROM found
GROUP BY rules, verdict
