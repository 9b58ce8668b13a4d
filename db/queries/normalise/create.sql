-- One row a source record in its latest version: its values in comparable form. Made by enrich/normalise/records.py.
CREATE TABLE IF NOT EXISTS core.record_key (
    record_id VARCHAR NOT NULL,         -- mixed: Source record
    source VARCHAR NOT NULL,            -- internal: Source name
    country_code VARCHAR,               -- open: ISO 3166-1 alpha-2 of the seat
    entity_kind VARCHAR NOT NULL,       -- open: As in core.source_record
    is_natural_person BOOLEAN NOT NULL, -- open: The record itself is about a natural person
    is_live BOOLEAN NOT NULL,           -- open: Neither dissolved nor gone from its source
    name VARCHAR NOT NULL,              -- mixed: As the source writes it
    core_name VARCHAR,                  -- mixed: Words of the name in one alphabet (oe = ø, aa = å), without legal forms at the ends
    core_key VARCHAR,                   -- mixed: The same without spaces
    name_key VARCHAR,                   -- mixed: Whole name in one alphabet, legal form in one spelling
    legal_form_class VARCHAR,           -- open: Legal form as the name states it, in one spelling; empty = states none
    domain VARCHAR,                     -- open: Registrable domain of the website; null for a shared site
    email_domain VARCHAR,               -- open: Registrable domain of the e-mail address; null for a mailbox provider
    phone VARCHAR,                      -- mixed: E.164
    mobile VARCHAR,                     -- mixed: E.164
    postal_code VARCHAR,                -- open: Capitals and digits only
    city_key VARCHAR,                   -- open: City in one alphabet
    address_key VARCHAR,                -- mixed: Street, house number and postal code (else city) in one spelling; null for a natural person
    content_hash HUGEINT NOT NULL,      -- internal: Version that was normalised
    mapping_version INTEGER NOT NULL,   -- internal: Mapping that rendered it
    normaliser_version INTEGER NOT NULL -- internal: Version of the normalisers
);

-- One row a further name of a source record in its latest version, in comparable form.
CREATE TABLE IF NOT EXISTS core.record_name (
    record_id VARCHAR NOT NULL,         -- mixed: Source record
    kind VARCHAR NOT NULL,              -- open: legal, trade, former, translated or transliterated
    name VARCHAR NOT NULL,              -- mixed: As the source writes it
    core_name VARCHAR,                  -- mixed: As in core.record_key
    core_key VARCHAR                    -- mixed: As in core.record_key
);

-- One row a number of a source record in its latest version.
CREATE TABLE IF NOT EXISTS core.identifier (
    record_id VARCHAR NOT NULL,         -- mixed: Source record
    scheme VARCHAR NOT NULL,            -- open: NO-ORGNR, LEI, …
    value VARCHAR NOT NULL              -- mixed: Normalised
);
