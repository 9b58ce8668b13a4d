-- One row a decision that the published file knows.
SELECT decision_id::VARCHAR AS decision_id FROM mart.known_decision;
