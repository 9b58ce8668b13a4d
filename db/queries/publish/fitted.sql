-- An empty place for one ICP's answers.
CREATE OR REPLACE TEMP TABLE fitted (
    company_id UUID, verdict VARCHAR, is_told BOOLEAN, fit_low INTEGER, fit_high INTEGER,
    points STRUCT(criterion VARCHAR, kind VARCHAR, verdict VARCHAR, weight DOUBLE, share_low DOUBLE, share_high DOUBLE, "value" VARCHAR)[]
);
