-- Takes the tombstones of erasures as the subjects to look for.
CREATE OR REPLACE TEMP TABLE erased_subject AS
SELECT scheme, hmac FROM core.tombstone WHERE reason = 'erasure';
