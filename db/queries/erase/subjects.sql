-- Takes the lent rows as the subjects to look for.
CREATE OR REPLACE TEMP TABLE erased_subject AS
SELECT scheme, hmac FROM subject_rows;
