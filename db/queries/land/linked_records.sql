-- One row a record whose links may have changed with its row.
CREATE OR REPLACE TEMP TABLE land_linked AS
SELECT record_id FROM land_plan WHERE verdict IN ('added', 'reopened', 'changed', 'rerendered');
