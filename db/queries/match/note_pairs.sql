-- Notes whom some rows of the list were brought together with.
INSERT INTO match_near
SELECT least(query_number, ref_no), greatest(query_number, ref_no) FROM match_candidate WHERE ref_no <> query_number;
