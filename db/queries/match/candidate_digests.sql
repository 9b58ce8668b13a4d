-- One row a query that has candidates: a digest of which they are and of all that they are compared by (`compared`, lent).
-- Hashed twice for the reason in match/reference_digest.
SELECT candidate.query_number, hash(sum(seen.digest)) AS digest
FROM match_candidate AS candidate
JOIN (SELECT ref_no, hash(hash(record)) AS digest FROM compared AS record) AS seen USING (ref_no)
GROUP BY candidate.query_number;
