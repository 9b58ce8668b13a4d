-- The version of the contract that the publication before (the catalogue `before`) has.
SELECT schema_version FROM before.mart.meta;
