-- Drops what the normalisers made: it is made anew.
DROP TABLE core.record_key;
DROP TABLE core.record_name;
DROP TABLE core.identifier;
