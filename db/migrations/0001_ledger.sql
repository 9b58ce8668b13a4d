-- The ledger: what was delivered, versioned; who runs what; where bytes lie. Never dropped, only migrated.
-- Comments at the end of a column's line become COMMENT ON; the word before the colon is the column's privacy class:
--   open      about a legal entity, may be published      mixed     as open, but personal where is_natural_person
--   personal  about a natural person                      staff     about a member of the team
--   internal  ours: runs, versions, hashes
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS core;

-- One row a run of a stage or a source: when, what came in, what became of it.
CREATE TABLE core.run (
    run_id UUID PRIMARY KEY,            -- internal: UUIDv7 of the run
    command VARCHAR NOT NULL,           -- internal: Command line verb that started it
    stage VARCHAR NOT NULL,             -- internal: refresh, import, match, merge, publish, …
    source VARCHAR,                     -- internal: Source name, where the run is about one
    started_at TIMESTAMPTZ NOT NULL,    -- internal: UTC start
    finished_at TIMESTAMPTZ,            -- internal: UTC end; null while running or when killed
    outcome VARCHAR NOT NULL,           -- internal: running, ok, unchanged, failed or stopped
    coverage VARCHAR,                   -- internal: complete, partial or delta
    url VARCHAR,                        -- internal: Where the bytes came from, without secrets
    etag VARCHAR,                       -- internal: ETag of the fetched resource
    original_sha256 VARCHAR,            -- internal: Hash of the bytes as received
    kept_sha256 VARCHAR,                -- internal: Hash of the bytes as kept after redaction
    layout VARCHAR,                     -- internal: Layout that the header picked
    mapping_version INTEGER,            -- internal: Version of the source's mapping
    source_seq BIGINT,                  -- internal: Order of this delivery among the source's
    feed_cursor VARCHAR,                -- internal: Position in the source's change feed after this run
    fetched_at TIMESTAMPTZ,             -- internal: UTC time at which the source answered
    rows_in BIGINT,                     -- internal: Rows received
    rows_landed BIGINT,                 -- internal: Rows accepted
    rows_rejected BIGINT,               -- internal: Rows kept as rejects; rows_in = rows_landed + rows_rejected
    rows_added BIGINT,                  -- internal: Records seen for the first time
    rows_changed BIGINT,                -- internal: Records with a new version
    rows_closed BIGINT,                 -- internal: Records absent from a complete delivery, or deleted
    message VARCHAR                     -- internal: What happened, for people; never holds secrets
);

-- One row a delivered row that could not be used, with the reason. Kept for the days that core.retention says.
CREATE TABLE raw.reject (
    run_id UUID NOT NULL,               -- internal: Run that rejected it
    source VARCHAR NOT NULL,            -- internal: Source or import kind
    line_number BIGINT,                 -- internal: Line or row number in the file, from 1
    source_key VARCHAR,                 -- mixed: The row's own key, where it has a readable one
    reason_code VARCHAR NOT NULL,       -- internal: Short code, countable
    reason VARCHAR NOT NULL,            -- internal: One sentence for people
    row_json VARCHAR,                   -- mixed: The row as received, cut at 4,000 characters
    rejected_at TIMESTAMPTZ NOT NULL    -- internal: UTC time
);

-- One row a version of one record of one source. known_to is null for the current version.
CREATE TABLE core.source_record (
    record_id VARCHAR NOT NULL,         -- mixed: source + ':' + the source's own key; immutable
    source VARCHAR NOT NULL,            -- internal: Source name
    source_key VARCHAR NOT NULL,        -- mixed: The source's own key
    run_id UUID NOT NULL,               -- internal: Run that brought this version
    source_seq BIGINT NOT NULL,         -- internal: Order of its delivery
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it was replaced or closed (UTC)
    is_closed BOOLEAN NOT NULL,         -- internal: The record left the source: this is its last version
    content_hash HUGEINT NOT NULL,      -- internal: Hash of the canonical source fields, volatile ones left out
    mapping_version INTEGER NOT NULL,   -- internal: Mapping that rendered it
    layout VARCHAR NOT NULL,            -- internal: Layout it came in
    fetched_at TIMESTAMPTZ NOT NULL,    -- internal: When the source last stated it (UTC)
    entity_kind VARCHAR NOT NULL,       -- open: legal_entity, branch, establishment, sole_trader, estate, fund or public_body
    is_natural_person BOOLEAN NOT NULL, -- open: The record itself is about a natural person
    name VARCHAR NOT NULL,              -- mixed: Current name as the source writes it
    country_code VARCHAR,               -- open: ISO 3166-1 alpha-2 of the seat
    names STRUCT(name VARCHAR, kind VARCHAR, from_date DATE, to_date DATE)[], -- mixed: Further names: legal, trade, former, translated, transliterated
    identifiers STRUCT(scheme VARCHAR, "value" VARCHAR, original VARCHAR)[], -- mixed: Numbers by scheme, normalised and as written
    legal_form_code VARCHAR,            -- open: Legal form in the source's code list
    legal_form_scheme VARCHAR,          -- open: Which code list
    status VARCHAR NOT NULL,            -- open: active, bankrupt, winding_up, dissolved or unknown
    status_date DATE,                   -- open: Since when, as the source states it
    industries STRUCT(code VARCHAR, scheme VARCHAR, rank INTEGER)[], -- open: Industry codes, rank 1 = main
    employees_low BIGINT,               -- open: Least number of employees
    employees_high BIGINT,              -- open: Greatest number of employees; null with a low end = open
    employees_state VARCHAR NOT NULL,   -- open: exact, withheld, none_registered, band or not_supplied
    employees_date DATE,                -- open: Date of the count
    addresses STRUCT(kind VARCHAR, street VARCHAR, postal_code VARCHAR, city VARCHAR, municipality_code VARCHAR, municipality_name VARCHAR, region_code VARCHAR, country_code VARCHAR)[], -- mixed: Addresses: business, postal, legal
    contact_points STRUCT(kind VARCHAR, "value" VARCHAR)[], -- mixed: Website, e-mail, phone, mobile as written
    founded_date DATE,                  -- open: Date of foundation
    registered_date DATE,               -- open: Date of registration
    dissolved_date DATE,                -- open: Date of deletion or dissolution
    purpose VARCHAR,                    -- mixed: Purpose in the articles
    activity VARCHAR,                   -- mixed: Activity as registered
    sector_code VARCHAR,                -- open: Institutional sector
    is_vat_registered BOOLEAN,          -- open: In the VAT register
    is_in_group BOOLEAN,                -- open: Part of a group
    last_accounts_year INTEGER,         -- open: Year of the latest accounts filed
    capital_amount DECIMAL(28, 2),      -- open: Share capital, whole units of its currency
    capital_currency VARCHAR,           -- open: ISO 4217 of the capital
    is_marketing_protected BOOLEAN,     -- open: The register forbids marketing to it
    effective_from DATE,                -- open: From when the source says the facts hold
    effective_to DATE                   -- open: Until when
);

-- One row a version of one link between records, as a source states it.
CREATE TABLE core.relation (
    record_id VARCHAR NOT NULL,         -- mixed: The record that has the link
    kind VARCHAR NOT NULL,              -- open: parent, ultimate_parent, branch_of, establishment_of or succeeded_by
    scheme VARCHAR NOT NULL,            -- open: Identifier scheme of the other end
    value VARCHAR NOT NULL,             -- mixed: Identifier of the other end
    source VARCHAR NOT NULL,            -- internal: Source that states it
    run_id UUID NOT NULL,               -- internal: Run that brought it
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it ended for us (UTC)
    effective_from DATE,                -- open: From when, by the source
    effective_to DATE                   -- open: Until when, by the source
);

-- One row a version of one role: who is what in which entity. No birth dates, no legal capacity.
CREATE TABLE core.role (
    record_id VARCHAR NOT NULL,         -- mixed: The entity in which the role is held
    source VARCHAR NOT NULL,            -- internal: Source that states it
    role_code VARCHAR NOT NULL,         -- personal: Role in the source's code list
    group_code VARCHAR NOT NULL,        -- personal: Group of roles (board, auditor, …)
    holder_kind VARCHAR NOT NULL,       -- personal: person or entity
    holder_name VARCHAR,                -- personal: Name of the holder
    holder_scheme VARCHAR,              -- open: Identifier scheme, where the holder is an entity
    holder_value VARCHAR,               -- open: Identifier, where the holder is an entity
    elected_by_code VARCHAR,            -- personal: Who elected the holder
    position INTEGER,                   -- personal: Order within the group
    has_resigned BOOLEAN NOT NULL,      -- personal: Resigned, not yet removed
    changed_date DATE,                  -- personal: Last change of the group at the source
    run_id UUID NOT NULL,               -- internal: Run that brought it
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ                -- internal: When it ended for us (UTC)
);

-- One row a period of accounts of one record.
CREATE TABLE core.account (
    record_id VARCHAR NOT NULL,         -- open: The entity
    source VARCHAR NOT NULL,            -- internal: Source that states it
    kind VARCHAR NOT NULL,              -- open: company or group
    period_from DATE,                   -- open: First day of the period
    period_to DATE NOT NULL,            -- open: Last day of the period
    currency VARCHAR,                   -- open: ISO 4217 of the amounts
    revenue DECIMAL(28, 2),             -- open: Operating revenue
    operating_result DECIMAL(28, 2),    -- open: Operating result
    profit DECIMAL(28, 2),              -- open: Result of the year
    total_assets DECIMAL(28, 2),        -- open: Sum of assets
    equity DECIMAL(28, 2),              -- open: Sum of equity
    run_id UUID NOT NULL,               -- internal: Run that brought it
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ                -- internal: When it was replaced (UTC)
);

-- One row a dated event about one record: a job ad, a tender won, a new office.
CREATE TABLE core.signal (
    signal_id VARCHAR NOT NULL,         -- open: source + ':' + the source's own key of the event
    record_id VARCHAR,                  -- open: The entity, where the source names it by number
    source VARCHAR NOT NULL,            -- internal: Source that states it
    kind VARCHAR NOT NULL,              -- open: What sort of event
    title VARCHAR,                      -- open: One line
    url VARCHAR,                        -- open: Where to read it
    happened_date DATE,                 -- open: The event's own date
    run_id UUID NOT NULL,               -- internal: Run that brought it
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ                -- internal: When it was withdrawn (UTC)
);

-- One row a field that differs between two consecutive versions of a record (or its first or last version).
CREATE TABLE core.change (
    record_id VARCHAR NOT NULL,         -- mixed: The record
    kind VARCHAR NOT NULL,              -- open: added, changed, closed or reopened
    field VARCHAR,                      -- open: Which field, for kind = changed
    old_value VARCHAR,                  -- mixed: Before
    new_value VARCHAR,                  -- mixed: After
    run_id UUID NOT NULL,               -- internal: Run that brought it
    known_at TIMESTAMPTZ NOT NULL       -- internal: When we learnt it (UTC)
);

-- One row a code of a code list that travelled inside the rows of a source.
CREATE TABLE core.code (
    scheme VARCHAR NOT NULL,            -- open: Code list: SN2007, SN2025, NO-LEGAL-FORM, …
    code VARCHAR NOT NULL,              -- open: The code
    title VARCHAR,                      -- open: Its title in the source's language
    run_id UUID NOT NULL,               -- internal: Run that last brought it
    PRIMARY KEY (scheme, code)
);

-- One row a record's place in a company: which source records are one company.
CREATE TABLE core.company_member (
    record_id VARCHAR NOT NULL,         -- mixed: Source record
    company_id UUID NOT NULL,           -- open: Company it belongs to
    is_anchor BOOLEAN NOT NULL,         -- internal: The record that keeps the id when a company splits
    linked_by VARCHAR NOT NULL,         -- internal: Rule that put it there: first, identifier, name_and_country, judgement
    linked_at TIMESTAMPTZ NOT NULL      -- internal: When (UTC)
);

-- One row an id that changed: a retired id resolves for ever.
CREATE TABLE core.company_id_log (
    old_id UUID NOT NULL,               -- open: Id before
    new_id UUID NOT NULL,               -- open: Id after
    reason VARCHAR NOT NULL,            -- internal: merge or split
    run_id UUID NOT NULL,               -- internal: Run that did it
    changed_at TIMESTAMPTZ NOT NULL     -- internal: When (UTC)
);
