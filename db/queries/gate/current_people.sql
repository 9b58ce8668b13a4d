-- The same of the people file.
CREATE OR REPLACE TEMP VIEW current_person_company AS SELECT * FROM people.mart.person_company;
CREATE OR REPLACE TEMP VIEW current_contact AS SELECT * FROM people.mart.contact;
CREATE OR REPLACE TEMP VIEW current_match AS SELECT * FROM people.mart.match;
CREATE OR REPLACE TEMP VIEW current_list_member AS SELECT * FROM people.mart.list_member;
CREATE OR REPLACE TEMP TABLE withheld_holder_now AS SELECT NULL AS hmac WHERE false;
CREATE OR REPLACE TEMP TABLE withheld_person_now AS SELECT NULL::UUID AS company_id WHERE false;
