-- The comparable names and numbers of register records are places too.
INSERT INTO core.retention VALUES
    ('core.record_name', 'Further names of register records in comparable form', 'mixed', NULL, 'rebuild'),
    ('core.identifier', 'Numbers of register records', 'mixed', NULL, 'rebuild');
