-- One row a published company that uses one of the words asked for (`worded`): its row in the table, and its relevance, 1-100.
SELECT company.rowid AS number, relevance FROM worded JOIN mart.company AS company USING (company_id);
