-- Makes match_link: one row a link as the model states it; left_row numbers left rows, whatever their ids, and nobody is the
-- chance (0-1) that a left row is none of its candidates.
CREATE TEMP TABLE match_link (
    left_id VARCHAR, right_id VARCHAR, "rank" INTEGER, score DOUBLE, probability DOUBLE, evidence VARCHAR, nobody DOUBLE,
    left_row BIGINT
);
