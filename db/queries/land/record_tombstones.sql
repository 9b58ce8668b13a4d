-- One row the HMAC of a record that may not come back.
SELECT hmac FROM core.tombstone WHERE scheme = 'record';
