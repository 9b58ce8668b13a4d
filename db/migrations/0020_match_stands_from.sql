-- Since when a verdict is what it is: runs make it anew with other weights, and `matched_at` says only when that was last.
ALTER TABLE core.match ADD COLUMN stands_from TIMESTAMPTZ;
COMMENT ON COLUMN core.match.stands_from IS
    'internal: Since when it and what its best candidate was compared by are these (UTC); null = since matched_at';
ALTER TABLE core.match_past ADD COLUMN stands_from TIMESTAMPTZ;
COMMENT ON COLUMN core.match_past.stands_from IS
    'internal: Since when it and what its best candidate was compared by were these (UTC); null = since matched_at';
