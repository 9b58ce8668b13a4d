-- Results that can be made again from the ledger; stages drop and refill them.

-- One row a CRM record (company, or contact that is not linked to a CRM company): the verdict on which company it is.
CREATE TABLE core.match (
    crm_kind VARCHAR NOT NULL,          -- internal: company or contact
    crm_id VARCHAR NOT NULL,            -- internal: The CRM record
    state VARCHAR NOT NULL,             -- internal: accepted, review, ambiguous or none
    record_id VARCHAR,                  -- mixed: Best register record
    company_id UUID,                    -- open: Its company
    score DOUBLE,                       -- internal: Sum of the evidence's weights (log odds, base 2)
    probability DOUBLE,                 -- internal: 0-1, that the two are the same
    runner_up_company_id UUID,          -- open: Second best company
    runner_up_probability DOUBLE,       -- internal: 0-1, of the second best
    decided_by VARCHAR NOT NULL,        -- internal: model, judgement, or crm_link (contact through its CRM company)
    decision_id UUID,                   -- internal: The judgement, where one decided
    model_version VARCHAR NOT NULL,     -- internal: Version of the model
    matched_at TIMESTAMPTZ NOT NULL     -- internal: When (UTC)
);

-- One row a comparison of one CRM record with one candidate: both values, the outcome, its weight.
CREATE TABLE core.match_evidence (
    crm_kind VARCHAR NOT NULL,          -- internal: company or contact
    crm_id VARCHAR NOT NULL,            -- internal: The CRM record
    candidate_rank INTEGER NOT NULL,    -- internal: 1 = best candidate
    record_id VARCHAR NOT NULL,         -- mixed: The register record compared with
    company_id UUID,                    -- open: Its company
    probability DOUBLE NOT NULL,        -- internal: 0-1, of this candidate
    comparison VARCHAR NOT NULL,        -- internal: Name of the comparison
    outcome VARCHAR NOT NULL,           -- internal: Its outcome
    left_value VARCHAR,                 -- personal: Value in the CRM
    right_value VARCHAR,                -- mixed: Value in the register
    weight DOUBLE NOT NULL,             -- internal: Log odds, base 2; negative speaks against
    sentence VARCHAR NOT NULL           -- internal: What a person reads
);

-- One row a company: the golden record. Each value comes from anchor_record_id unless other_origins names another record.
CREATE TABLE core.company (
    company_id UUID NOT NULL,           -- open: Our id; retired ids resolve through core.company_id_log
    id_label VARCHAR NOT NULL,          -- mixed: How people look it up: NO:923609016, else LEI:…
    country_code VARCHAR,               -- open: ISO 3166-1 alpha-2 of the seat
    name VARCHAR NOT NULL,              -- mixed: Name
    other_names VARCHAR[],              -- mixed: Trade, former and translated names, and losing values of the name
    entity_kind VARCHAR NOT NULL,       -- open: legal_entity, branch, establishment, sole_trader, estate, fund or public_body
    is_natural_person BOOLEAN NOT NULL, -- open: Sole trader, or its sub-unit or estate
    registration_scheme VARCHAR,        -- open: Scheme of the national number, e.g. NO-ORGNR
    registration_number VARCHAR,        -- mixed: National number, normalised
    lei VARCHAR,                        -- mixed: Legal Entity Identifier
    legal_form_code VARCHAR,            -- open: Legal form in its code list
    legal_form_scheme VARCHAR,          -- open: Which code list
    status VARCHAR NOT NULL,            -- open: active, bankrupt, winding_up, dissolved, unknown, or left_source when its record was closed
    status_date DATE,                   -- open: Since when
    industry_code VARCHAR,              -- open: Main industry code
    industry_scheme VARCHAR,            -- open: Its code list
    industry_title VARCHAR,             -- open: Its title in the source's language
    industries STRUCT(code VARCHAR, scheme VARCHAR, rank INTEGER)[], -- open: All codes
    employees_low BIGINT,               -- open: Least number of employees
    employees_high BIGINT,              -- open: Greatest number; null with a low end = open; both null = unknown
    employees_state VARCHAR NOT NULL,   -- open: exact, withheld, none_registered, band or not_supplied
    employees_date DATE,                -- open: Date of the count
    website VARCHAR,                    -- open: As the source writes it
    domain VARCHAR,                     -- open: Registrable domain of the website
    phone VARCHAR,                      -- mixed: Switchboard, E.164 where it parses
    street VARCHAR,                     -- mixed: Business address
    postal_code VARCHAR,                -- open: Postal code
    city VARCHAR,                       -- open: City
    municipality_code VARCHAR,          -- open: Municipality number
    municipality_name VARCHAR,          -- open: Municipality
    region_code VARCHAR,                -- open: Region (Norway: county number)
    founded_date DATE,                  -- open: Foundation
    registered_date DATE,               -- open: Registration
    dissolved_date DATE,                -- open: Deletion or dissolution
    purpose VARCHAR,                    -- mixed: Purpose in the articles
    activity VARCHAR,                   -- mixed: Activity as registered
    sector_code VARCHAR,                -- open: Institutional sector
    is_vat_registered BOOLEAN,          -- open: In the VAT register
    is_in_group BOOLEAN,                -- open: Part of a group
    last_accounts_year INTEGER,         -- open: Latest accounts filed
    capital_amount DECIMAL(28, 2),      -- open: Share capital
    capital_currency VARCHAR,           -- open: ISO 4217
    parent_company_id UUID,             -- open: Direct parent, where a source states it
    top_company_id UUID,                -- open: Top of its group as far as known; itself where it has no parent
    is_marketing_protected BOOLEAN,     -- open: A register forbids marketing to it
    is_customer BOOLEAN NOT NULL,       -- internal: A CRM record accepted as this company is a customer, or is marked so
    has_open_deal BOOLEAN NOT NULL,     -- internal: It has an open deal
    is_customer_group BOOLEAN NOT NULL, -- internal: Another company of its group is a customer
    is_in_crm BOOLEAN NOT NULL,         -- internal: A CRM record was accepted as this company
    crm_company_keys VARCHAR[],         -- internal: Record ids in the CRM
    owner_id VARCHAR,                   -- internal: CRM owner id (an opaque number, no name)
    last_contacted_date DATE,           -- internal: Last contact by the team
    last_exported_at TIMESTAMPTZ,       -- internal: Last time it left in an export (UTC)
    mark VARCHAR,                       -- internal: customer, competitor, partner, not-a-fit or snoozed
    mark_until DATE,                    -- internal: End of a snooze
    sources VARCHAR[],                  -- open: Sources of its records
    anchor_record_id VARCHAR NOT NULL,  -- mixed: Record that most values come from
    other_origins MAP(VARCHAR, VARCHAR), -- mixed: Field to record_id (or 'edit:<decision_id>') where it is not the anchor
    record_ids VARCHAR[],               -- mixed: All its records
    first_known_at TIMESTAMPTZ NOT NULL, -- internal: First seen (UTC)
    last_known_at TIMESTAMPTZ NOT NULL  -- internal: Last stated by a source (UTC)
);
