-- What a company's own site says of it in a few sentences, to be searched beside purpose and activity.
ALTER TABLE core.site ADD COLUMN description VARCHAR;
COMMENT ON COLUMN core.site.description IS 'mixed: What it says of the organisation in a few sentences, less those that may name or reach a person (… stands for them)';
ALTER TABLE core.site ADD COLUMN description_url VARCHAR;
COMMENT ON COLUMN core.site.description_url IS 'open: Page on which what the site says of the company stands';
ALTER TABLE core.company ADD COLUMN site_description VARCHAR;
COMMENT ON COLUMN core.company.site_description IS 'mixed: What its own site says of it in a few sentences; … stands for what was left out; null where no site was read, or it says nothing';
