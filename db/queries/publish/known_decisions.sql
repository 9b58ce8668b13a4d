-- The decisions that this publication knows.
INSERT INTO mart.known_decision SELECT decision_id FROM warehouse.core.decision;
