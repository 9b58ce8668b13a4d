-- One row a company of `$ids` that uses one of the words asked for (`worded`): how relevant it is, 1-100, and more finely its score.
SELECT company_id::VARCHAR AS company_id, relevance, score FROM worded WHERE company_id IN (SELECT unnest($ids::UUID[]));
