-- One row a keyed tombstone: what was erased and may not come back.
SELECT scheme, hmac FROM core.tombstone;
