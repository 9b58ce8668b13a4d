-- One row a list that one company is on.
SELECT list_name, added_at, added_by, why FROM current_list_member WHERE company_id = $company_id::UUID ORDER BY list_name;
