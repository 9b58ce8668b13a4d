-- Puts the lent pairs in the place of those that the run before left for people.
DELETE FROM core.resolution_review;

INSERT INTO core.resolution_review BY NAME
SELECT left_id, right_id, reason, probability, $run_id::UUID AS run_id FROM review_pairs;
