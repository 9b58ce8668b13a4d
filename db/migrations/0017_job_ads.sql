-- Job ads and other dated events: who hires for what, when it ended, and of which company each is.
ALTER TABLE core.signal ADD COLUMN status VARCHAR;
COMMENT ON COLUMN core.signal.status IS 'open: open or ended, as last stated';
ALTER TABLE core.signal ADD COLUMN stated_at TIMESTAMPTZ;
COMMENT ON COLUMN core.signal.stated_at IS 'internal: As of when the source says so (UTC): orders what it said of one event';
ALTER TABLE core.signal ADD COLUMN content_at TIMESTAMPTZ;
COMMENT ON COLUMN core.signal.content_at IS 'internal: As of when the source last said what the event is (UTC); null where it only told the end';
ALTER TABLE core.signal ADD COLUMN expires_date DATE;
COMMENT ON COLUMN core.signal.expires_date IS 'open: Last day, as announced';
ALTER TABLE core.signal ADD COLUMN ended_date DATE;
COMMENT ON COLUMN core.signal.ended_date IS 'open: Day on which it was taken back or had ended at the latest';
ALTER TABLE core.signal ADD COLUMN occupations STRUCT(code VARCHAR, scheme VARCHAR, label VARCHAR)[];
COMMENT ON COLUMN core.signal.occupations IS 'open: Occupations wanted: code in its scheme (STYRK08, SSYK2012), and title';
ALTER TABLE core.signal ADD COLUMN places STRUCT(municipality_code VARCHAR, municipality_name VARCHAR, city VARCHAR, postal_code VARCHAR, country_code VARCHAR)[];
COMMENT ON COLUMN core.signal.places IS 'open: Where the work is';
ALTER TABLE core.signal ADD COLUMN position_count INTEGER;
COMMENT ON COLUMN core.signal.position_count IS 'open: Positions in the ad; null where not stated';
ALTER TABLE core.signal ADD COLUMN employer_scheme VARCHAR;
COMMENT ON COLUMN core.signal.employer_scheme IS 'open: Identifier scheme of the employer';
ALTER TABLE core.signal ADD COLUMN employer_value VARCHAR;
COMMENT ON COLUMN core.signal.employer_value IS 'mixed: Number of the employer as stated, often of a sub-unit';
COMMENT ON COLUMN core.signal.title IS 'mixed: One line, less e-mail addresses and phone numbers';
COMMENT ON COLUMN core.signal.known_to IS 'internal: When something else was said of it (UTC); null = as last stated';

-- One row a source and kind of event: between which days nothing is missing.
CREATE TABLE core.signal_coverage (
    source VARCHAR NOT NULL,            -- internal: Source
    kind VARCHAR NOT NULL,              -- open: What sort of event
    country_code VARCHAR,               -- open: ISO 3166-1 alpha-2 of the companies it tells of; null = all
    covered_from DATE NOT NULL,         -- open: First day of which every event is known
    covered_until TIMESTAMPTZ NOT NULL  -- internal: Moment up to which the source has told everything (UTC)
);

-- One row a current event whose employer is one company that we know.
CREATE TABLE core.company_signal (
    signal_id VARCHAR NOT NULL,         -- open: The event
    record_id VARCHAR NOT NULL,         -- mixed: The employer's record: the company itself, not its sub-unit
    company_id UUID NOT NULL            -- open: Its company
);

ALTER TABLE core.company ADD COLUMN signals STRUCT(kind VARCHAR, happened_date DATE, until_date DATE, title VARCHAR, codes VARCHAR[], position_count INTEGER, source VARCHAR)[];
COMMENT ON COLUMN core.company.signals IS 'open: Dated events of the last 400 days, the newest first; null where none is known. until_date: taken back or announced end; codes as SCHEME:CODE';

UPDATE core.retention SET privacy = 'mixed' WHERE place = 'core.signal';
INSERT INTO core.retention VALUES
    ('core.signal_coverage', 'Between which days events are known', 'open', NULL, 'rebuild'),
    ('core.company_signal', 'Which company each event is of', 'mixed', NULL, 'rebuild');
