-- One row a company that several records make up; all others take the short way.
CREATE OR REPLACE TEMP TABLE company_of_several AS
SELECT company_id FROM core.company_member GROUP BY company_id HAVING count(*) > 1;
