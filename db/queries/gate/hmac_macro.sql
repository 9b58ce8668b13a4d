-- HMAC-SHA256 of 'scheme:val' in hex, under the key that db/keyed.py lent.
CREATE OR REPLACE TEMP MACRO hmac_of(scheme, val) AS
    sha256(getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || encode(scheme || ':' || val))));

-- The one spelling of a person's name that is hashed; as in enrich/subject.py.
CREATE OR REPLACE TEMP MACRO fold_person(name) AS
    lower(nfc_normalize(trim(regexp_replace(name, '[\s\pZ]+', ' ', 'g'))));

-- The one spelling of an organisation's number that is hashed: NO:923609016, FI:20774740, LEI:…
CREATE OR REPLACE TEMP MACRO organisation_of(scheme, number) AS
    CASE WHEN scheme = 'LEI' THEN 'LEI' ELSE left(scheme, 2) END || ':' || replace(number, '-', '');
