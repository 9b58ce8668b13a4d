-- One row a decision that the warehouse has taken in.
SELECT decision_id::VARCHAR AS decision_id FROM core.decision;
