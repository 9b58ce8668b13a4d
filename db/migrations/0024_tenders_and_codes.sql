-- Public tenders as dated events: what is bought (CPV), and for how much where that is one party's. Correspondences of code lists.
ALTER TABLE core.signal ADD COLUMN subjects STRUCT(code VARCHAR, scheme VARCHAR)[];
COMMENT ON COLUMN core.signal.subjects IS 'open: What a tender is for: code in its scheme (CPV)';
ALTER TABLE core.signal ADD COLUMN amount DECIMAL(28, 2);
COMMENT ON COLUMN core.signal.amount IS 'open: What a tender is worth, as stated; null where several share it';
ALTER TABLE core.signal ADD COLUMN amount_currency VARCHAR;
COMMENT ON COLUMN core.signal.amount_currency IS 'open: ISO 4217 of the amount';
COMMENT ON COLUMN core.signal.employer_scheme IS 'open: Identifier scheme of the company: who hires, buys or won';
COMMENT ON COLUMN core.signal.employer_value IS 'mixed: Number of the company as stated, often of a sub-unit';
COMMENT ON COLUMN core.company.signals IS 'open: Dated events of the last 400 days, the newest first; null where none is known. until_date: taken back or announced end; codes as SCHEME:CODE, of occupations or of what a tender is for';

-- One row a pair of industry codes of which one came in the place of the other, as fetched; the tables that come with the
-- program are not here.
CREATE TABLE core.correspondence (
    source VARCHAR NOT NULL,            -- internal: Source that states it
    old_scheme VARCHAR NOT NULL,        -- open: Code list that was replaced
    old_code VARCHAR NOT NULL,          -- open: Code in it
    new_scheme VARCHAR NOT NULL,        -- open: Code list that replaced it
    new_code VARCHAR NOT NULL           -- open: Code that all or a part of it became
);

INSERT INTO core.retention VALUES
    ('core.correspondence', 'Which industry codes came in the place of which', 'open', NULL, 'delete');
