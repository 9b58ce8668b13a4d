-- Leaves of `found` the companies that use one of the words asked for (`worded`).
DELETE FROM found WHERE company_id NOT IN (SELECT company_id FROM worded);
