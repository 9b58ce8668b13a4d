-- What further criteria of an ideal-customer description ask of a company, put on it ahead of the search; and the
-- descriptions themselves, version by version.
ALTER TABLE core.company ADD COLUMN is_subsidiary BOOLEAN;
COMMENT ON COLUMN core.company.is_subsidiary IS 'open: Another company is its parent; false where a source says that there is none, null where none says';
ALTER TABLE core.company ADD COLUMN parent_source VARCHAR;
COMMENT ON COLUMN core.company.parent_source IS 'internal: Source that states its parent, or that there is one';
ALTER TABLE core.company ADD COLUMN has_parent BOOLEAN;
COMMENT ON COLUMN core.company.has_parent IS 'open: It has a parent, or as a branch or sub-unit belongs to a company; null where no source says';
ALTER TABLE core.company ADD COLUMN group_size_low BIGINT;
COMMENT ON COLUMN core.company.group_size_low IS 'open: Companies of its group that we know, itself included';
ALTER TABLE core.company ADD COLUMN group_size_high BIGINT;
COMMENT ON COLUMN core.company.group_size_high IS 'open: 1 where a source says that it is in no group; null = there may be more';
ALTER TABLE core.company ADD COLUMN technologies VARCHAR[];
COMMENT ON COLUMN core.company.technologies IS 'open: Products by whose traces its own site is recognised, in lower case; empty where the site was read and shows none, null where none was read';
ALTER TABLE core.company ADD COLUMN role_kinds VARCHAR[];
COMMENT ON COLUMN core.company.role_kinds IS 'open: Kinds of roles that are held in it, by the codes of the register, without who holds them; null where the register was not asked';
ALTER TABLE core.company ADD COLUMN revenue_growth_1y DOUBLE;
COMMENT ON COLUMN core.company.revenue_growth_1y IS 'open: Revenue of the year to revenue_date against one year before, as a share: 0.2 = a fifth more';
ALTER TABLE core.company ADD COLUMN revenue_growth_3y DOUBLE;
COMMENT ON COLUMN core.company.revenue_growth_3y IS 'open: The same against three years before';
ALTER TABLE core.company ADD COLUMN employees_growth_1y DOUBLE;
COMMENT ON COLUMN core.company.employees_growth_1y IS 'open: Average employees of the year to employees_growth_date against one year before, as a share';
ALTER TABLE core.company ADD COLUMN employees_growth_3y DOUBLE;
COMMENT ON COLUMN core.company.employees_growth_3y IS 'open: The same against three years before';
ALTER TABLE core.company ADD COLUMN employees_growth_date DATE;
COMMENT ON COLUMN core.company.employees_growth_date IS 'open: Last day of the latest period whose accounts state average employees';
ALTER TABLE core.company ADD COLUMN place_name VARCHAR;
COMMENT ON COLUMN core.company.place_name IS 'open: Municipality, else town, at whose centre latitude and longitude are';
ALTER TABLE core.company ADD COLUMN place_region VARCHAR;
COMMENT ON COLUMN core.company.place_region IS 'open: Region of the municipality or town, country and number of its own list: SE-14 (Sweden, Denmark, Finland)';
ALTER TABLE core.company ADD COLUMN place_municipality VARCHAR;
COMMENT ON COLUMN core.company.place_municipality IS 'open: Municipality, stated or of that town, country and number of its own list: SE-1480 (Sweden, Denmark, Finland)';
ALTER TABLE core.company ADD COLUMN latitude DOUBLE;
COMMENT ON COLUMN core.company.latitude IS 'open: Degrees north of that centre, not of the address';
ALTER TABLE core.company ADD COLUMN longitude DOUBLE;
COMMENT ON COLUMN core.company.longitude IS 'open: Degrees east of that centre, not of the address';

-- One row a version of an ideal-customer description, from when it was first published on.
CREATE TABLE core.icp_version (
    icp VARCHAR NOT NULL,               -- internal: Name of the ICP
    icp_version VARCHAR NOT NULL,       -- internal: Its version
    definition VARCHAR NOT NULL,        -- internal: The ICP as it was asked, all that it extends included, as JSON
    published_at TIMESTAMPTZ NOT NULL   -- internal: When it was first published so (UTC)
);

INSERT INTO core.retention VALUES
    ('core.icp_version', 'Versions of ideal-customer descriptions', 'internal', NULL, 'delete');
