-- One row a published company that a pending decision touches: its row in mart.company.
SELECT rowid AS number FROM mart.company WHERE company_id IN (SELECT company_id FROM touched_now);
