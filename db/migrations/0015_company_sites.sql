-- What companies state on their own web sites, and when which address was asked and what became of it.

-- One row a version of what an entity's own web site states; known_to is null for the current one. Nothing is of a person.
CREATE TABLE core.site (
    record_id VARCHAR NOT NULL,         -- open: The entity
    source VARCHAR NOT NULL,            -- internal: Source that read it
    domain VARCHAR NOT NULL,            -- open: Registrable domain of the site
    url VARCHAR NOT NULL,               -- open: Its start page
    asked_domain VARCHAR NOT NULL,      -- internal: Domain by which it was found, where it redirects from another
    evidence_code VARCHAR NOT NULL,     -- open: By what it is known to be the entity's: number or name_and_place
    evidence VARCHAR NOT NULL,          -- open: What it prints that says so
    evidence_url VARCHAR,               -- open: The page that prints it
    language_code VARCHAR,              -- open: Language of the site, ISO 639-1
    emails VARCHAR[],                   -- open: Addresses of roles of its own domain, never of persons
    phones VARCHAR[],                   -- open: E.164, never of persons
    social STRUCT(network VARCHAR, url VARCHAR)[], -- open: Its pages on social networks
    technologies STRUCT(name VARCHAR, category VARCHAR, seen_in VARCHAR)[], -- open: Products by whose traces it is recognised
    run_id UUID NOT NULL,               -- internal: Run that brought it
    fetched_at TIMESTAMPTZ NOT NULL,    -- internal: When it was last read (UTC)
    known_from TIMESTAMPTZ NOT NULL,    -- internal: When we learnt it (UTC)
    known_to TIMESTAMPTZ                -- internal: When it was replaced or no longer the entity's (UTC)
);

-- One row an entity and domain that was asked for its site.
CREATE TABLE core.site_inquiry (
    record_id VARCHAR NOT NULL,         -- open: The entity
    source VARCHAR NOT NULL,            -- internal: Source that was asked
    domain VARCHAR NOT NULL,            -- open: Registrable domain that was asked
    outcome VARCHAR NOT NULL,           -- internal: hit, no_data, blocked, rate_limited, timed_out, invalid_input or failed
    reason_code VARCHAR NOT NULL,       -- internal: Why, in one word
    request_count INTEGER NOT NULL,     -- internal: Requests that it took
    asked_at TIMESTAMPTZ NOT NULL       -- internal: When (UTC)
);

INSERT INTO core.retention VALUES
    ('core.site', 'What companies state on their own web sites', 'open', 400, 'delete'),
    ('core.site_inquiry', 'When which web site was asked', 'open', 400, 'delete');
