-- Drops what the normalisers made: it is made anew.
DROP TABLE IF EXISTS core.record_key;
DROP TABLE IF EXISTS core.record_name;
DROP TABLE IF EXISTS core.identifier;
