-- One row a candidate, those of a query together.
SELECT query_number, ref_no FROM match_candidate ORDER BY query_number, ref_no;
