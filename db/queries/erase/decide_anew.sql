-- Makes the next run decide on every CRM record anew: verdicts have lost evidence to an erasure, and digests are of what it took.
DELETE FROM core.match_digest;
