-- The team's own CRM, versioned: each import adds versions, undo takes them back.

-- One row an imported file.
CREATE TABLE core.import (
    import_id UUID PRIMARY KEY,         -- internal: UUIDv7; what `import undo` takes
    kind VARCHAR NOT NULL,              -- internal: companies, contacts, deals or owners
    file_name VARCHAR NOT NULL,         -- internal: Name of the file, without its folder
    file_sha256 VARCHAR NOT NULL,       -- internal: Hash of its bytes
    mapping VARCHAR NOT NULL,           -- internal: Column mapping used, as JSON
    is_complete BOOLEAN NOT NULL,       -- internal: The file is the whole CRM
    imported_by VARCHAR,                -- staff: Who imported
    imported_at TIMESTAMPTZ NOT NULL,   -- internal: When (UTC)
    rows_in BIGINT NOT NULL,            -- internal: Rows in the file
    rows_created BIGINT NOT NULL,       -- internal: New records
    rows_updated BIGINT NOT NULL,       -- internal: Records with a new version
    rows_unchanged BIGINT NOT NULL,     -- internal: Records as before
    rows_closed BIGINT NOT NULL,        -- internal: Records absent from a complete file
    rows_rejected BIGINT NOT NULL,      -- internal: Rows in the reject file
    undone_at TIMESTAMPTZ               -- internal: When the import was undone (UTC)
);

-- One row a version of one company of the CRM.
CREATE TABLE core.crm_company (
    crm_id VARCHAR NOT NULL,            -- internal: hubspot:<portal>:company:<record id>, else a random id
    import_id UUID NOT NULL,            -- internal: Import that brought this version
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it was replaced or closed (UTC)
    is_closed BOOLEAN NOT NULL,         -- internal: Absent from a complete file: last version
    closed_by UUID,                     -- internal: Import that replaced or closed it
    row_hash HUGEINT NOT NULL,          -- internal: Hash of the mapped values
    key_hmac VARCHAR NOT NULL,          -- internal: Keyed HMAC of the row's key columns
    crm_key VARCHAR,                    -- internal: The CRM's own record id, as exported (for updates)
    name VARCHAR,                       -- mixed: Company name as typed
    is_natural_person BOOLEAN NOT NULL, -- internal: Looks like a person typed in as a company
    registration_number VARCHAR,        -- mixed: National number, normalised; null when it is unreadable
    registration_scheme VARCHAR,        -- open: Its scheme
    domains VARCHAR[],                  -- open: Registrable domains, main one first
    website VARCHAR,                    -- open: As typed
    phone VARCHAR,                      -- mixed: E.164 where it parses, else as typed
    street VARCHAR,                     -- mixed: Street
    postal_code VARCHAR,                -- open: Postal code
    city VARCHAR,                       -- open: City
    region VARCHAR,                     -- open: State or region
    country_code VARCHAR,               -- open: ISO 3166-1 alpha-2
    industry VARCHAR,                   -- open: As the CRM says
    employees_low BIGINT,               -- open: Least number of employees
    employees_high BIGINT,              -- open: Greatest number; null with a low end = open
    revenue_amount DECIMAL(28, 2),      -- open: Annual revenue
    revenue_currency VARCHAR,           -- open: ISO 4217; null = not stated
    owner_id VARCHAR,                   -- staff: CRM owner, key of core.crm_owner
    owner_original VARCHAR,             -- staff: As typed: name or e-mail
    lifecycle_stage VARCHAR,            -- internal: subscriber, lead, marketingqualifiedlead, salesqualifiedlead, opportunity, customer, evangelist or other
    lead_status VARCHAR,                -- internal: As the CRM says
    company_type VARCHAR,               -- internal: PROSPECT, PARTNER, RESELLER, VENDOR, …
    parent_crm_key VARCHAR,             -- internal: The CRM's own id of the parent company
    last_contacted_date DATE,           -- internal: Last contact
    created_at TIMESTAMPTZ,             -- internal: Created in the CRM (UTC)
    modified_at TIMESTAMPTZ             -- internal: Last changed in the CRM (UTC)
);

-- One row a version of one contact (person) of the CRM.
CREATE TABLE core.crm_contact (
    crm_id VARCHAR NOT NULL,            -- internal: hubspot:<portal>:contact:<record id>, else a random id
    import_id UUID NOT NULL,            -- internal: Import that brought this version
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it was replaced or closed (UTC)
    is_closed BOOLEAN NOT NULL,         -- internal: Absent from a complete file: last version
    closed_by UUID,                     -- internal: Import that replaced or closed it
    row_hash HUGEINT NOT NULL,          -- internal: Hash of the mapped values
    key_hmac VARCHAR NOT NULL,          -- internal: Keyed HMAC of the row's key columns
    crm_key VARCHAR,                    -- internal: The CRM's own record id
    email VARCHAR,                      -- personal: E-mail address, lower case
    first_name VARCHAR,                 -- personal: First name
    last_name VARCHAR,                  -- personal: Last name
    job_title VARCHAR,                  -- personal: Title
    phone VARCHAR,                      -- personal: Phone, E.164 where it parses
    mobile VARCHAR,                     -- personal: Mobile, E.164 where it parses
    company_name VARCHAR,               -- mixed: Company as typed on the contact
    company_crm_key VARCHAR,            -- internal: The CRM's own id of the contact's company
    registration_number VARCHAR,        -- mixed: Company number on the contact, normalised
    registration_scheme VARCHAR,        -- open: Its scheme
    website VARCHAR,                    -- open: As typed
    postal_code VARCHAR,                -- personal: Postal code
    city VARCHAR,                       -- personal: City
    country_code VARCHAR,               -- personal: ISO 3166-1 alpha-2
    owner_id VARCHAR,                   -- staff: CRM owner
    owner_original VARCHAR,             -- staff: As typed
    lifecycle_stage VARCHAR,            -- personal: As for companies
    lead_status VARCHAR,                -- personal: As the CRM says
    has_opted_out BOOLEAN,              -- personal: hs_email_optout: may not be e-mailed
    last_contacted_date DATE,           -- personal: Last contact
    created_at TIMESTAMPTZ,             -- internal: Created in the CRM (UTC)
    modified_at TIMESTAMPTZ             -- internal: Last changed in the CRM (UTC)
);

-- One row a version of one deal of the CRM.
CREATE TABLE core.crm_deal (
    crm_id VARCHAR NOT NULL,            -- internal: hubspot:<portal>:deal:<record id>, else a random id
    import_id UUID NOT NULL,            -- internal: Import that brought this version
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it was replaced or closed (UTC)
    is_closed BOOLEAN NOT NULL,         -- internal: Absent from a complete file: last version
    closed_by UUID,                     -- internal: Import that replaced or closed it
    row_hash HUGEINT NOT NULL,          -- internal: Hash of the mapped values
    key_hmac VARCHAR NOT NULL,          -- internal: Keyed HMAC of the row's key columns
    crm_key VARCHAR,                    -- internal: The CRM's own record id
    name VARCHAR,                       -- internal: Deal name
    stage VARCHAR,                      -- internal: open, won, lost or unknown
    stage_original VARCHAR,             -- internal: As typed: label or internal value
    pipeline VARCHAR,                   -- internal: Pipeline
    amount DECIMAL(28, 2),              -- internal: Amount
    currency VARCHAR,                   -- internal: ISO 4217; null = not stated
    closed_date DATE,                   -- internal: Close date
    company_crm_keys VARCHAR[],         -- internal: The CRM's own ids of its companies
    company_name VARCHAR,               -- mixed: Company as typed on the deal
    owner_id VARCHAR,                   -- staff: CRM owner
    owner_original VARCHAR,             -- staff: As typed
    created_at TIMESTAMPTZ,             -- internal: Created in the CRM (UTC)
    modified_at TIMESTAMPTZ             -- internal: Last changed in the CRM (UTC)
);

-- One row a version of one owner (member of the team) of the CRM.
CREATE TABLE core.crm_owner (
    crm_id VARCHAR NOT NULL,            -- internal: hubspot:<portal>:owner:<id>, else a random id
    import_id UUID NOT NULL,            -- internal: Import that brought this version
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ,               -- internal: When it was replaced or closed (UTC)
    is_closed BOOLEAN NOT NULL,         -- internal: Absent from a complete file: last version
    closed_by UUID,                     -- internal: Import that replaced or closed it
    row_hash HUGEINT NOT NULL,          -- internal: Hash of the mapped values
    key_hmac VARCHAR NOT NULL,          -- internal: Keyed HMAC of the row's key columns
    crm_key VARCHAR,                    -- internal: The CRM's own owner id
    email VARCHAR,                      -- staff: E-mail address
    name VARCHAR,                       -- staff: Name
    is_active BOOLEAN                   -- staff: Still in the team
);
