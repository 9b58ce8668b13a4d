-- One row a parent of one company that a source does not tell, with its reason: unknown, which is not none.
SELECT parent, reason, source FROM mart.parent_not_told WHERE company_id = $company_id::UUID ORDER BY parent, source;
