-- HMAC-SHA256 of 'scheme:val' in hex, under the key that db/keyed.py lent.
CREATE OR REPLACE TEMP MACRO hmac_of(scheme, val) AS
    sha256(getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || encode(scheme || ':' || val))));

-- The one spelling of a person's name that is hashed.
CREATE OR REPLACE TEMP MACRO fold_person(name) AS
    lower(nfc_normalize(trim(regexp_replace(name, '\s+', ' ', 'g'))));
