-- What readers ask while the published file knows every decision: the file as it is.
CREATE OR REPLACE TEMP VIEW current_company AS SELECT * FROM mart.company;

CREATE OR REPLACE TEMP TABLE withheld_now AS SELECT NULL::UUID AS company_id, NULL AS rule WHERE false;

CREATE OR REPLACE TEMP TABLE held_back AS SELECT NULL::VARCHAR AS scheme, NULL::VARCHAR AS hmac, NULL::VARCHAR AS rule WHERE false;

CREATE OR REPLACE TEMP TABLE undescribed_now AS SELECT NULL::UUID AS company_id WHERE false;

-- One row a published company that a pending decision touches: none.
CREATE OR REPLACE TEMP TABLE touched_now AS SELECT NULL::UUID AS company_id WHERE false;
