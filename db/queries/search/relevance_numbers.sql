-- One row a published company that uses one of the words asked for (`worded`): its row in the table, and its relevance in millionths of
-- the best company's.
SELECT company.rowid AS number, greatest(round(1e6 * score / max(score) OVER ()), 1)::UINTEGER AS relevance
FROM worded
JOIN mart.company AS company USING (company_id);
