-- Makes match_rival: one row a link that a left row may be given; left_row numbers left rows, whatever their ids.
CREATE TEMP TABLE match_rival (
    left_id VARCHAR, right_id VARCHAR, "rank" INTEGER, score DOUBLE, probability DOUBLE, evidence VARCHAR, left_row BIGINT
);
