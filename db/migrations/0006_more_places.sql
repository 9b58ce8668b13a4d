-- Places that came after the first list of core.retention.
INSERT INTO core.retention VALUES
    ('core.import', 'Imported files: names, counts, who', 'staff', NULL, 'keep'),
    ('core.run', 'Runs: what came in, what became of it', 'internal', NULL, 'keep'),
    ('core.tombstone', 'Keyed hashes of who was erased: they keep them out', 'internal', NULL, 'keep'),
    ('core.record_key', 'Comparable forms of register records', 'mixed', NULL, 'rebuild'),
    ('data/people-access.log', 'Who opened the people file, when and why', 'staff', 365, 'keep'),
    ('data/keys', 'The key of every hash', 'internal', NULL, 'keep'),
    ('data/tmp', 'What a query spills while it runs', 'personal', 0, 'delete');
