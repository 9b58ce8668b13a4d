-- One row a pair from number $low up to and without $high; match_candidate has the rows of these, for match/compared.
CREATE OR REPLACE TEMP TABLE match_candidate AS
SELECT unnest([low_no, high_no]) AS ref_no FROM match_pair WHERE pair_number >= $low AND pair_number < $high;

SELECT low_no, high_no FROM match_pair WHERE pair_number >= $low AND pair_number < $high ORDER BY pair_number;
