-- The details of faults are a place too: a message may quote a value.
INSERT INTO core.retention VALUES
    ('data/logs', 'Details of faults of the program', 'personal', 30, 'delete');
