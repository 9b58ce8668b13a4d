-- One row a candidate pair from query number $low up to and without $high, with every value of the reference that is compared.
SELECT candidate.query_number, compared.*
FROM match_candidate AS candidate
JOIN match_compared AS compared USING (ref_id)
WHERE candidate.query_number >= $low AND candidate.query_number < $high
ORDER BY candidate.query_number, candidate.ref_id;
