-- One row a published company that uses one of the words asked for (`worded`): its row in the table, and its score.
SELECT company.rowid AS number, least(greatest(score, 1), 4294967295)::UINTEGER AS relevance
FROM worded
JOIN mart.company AS company USING (company_id);
