-- Saved searches: a decision of the kind `search`, and beside the journal the answer of the last time.
COMMENT ON COLUMN core.decision.kind IS 'internal: judgement, edit, mark, suppression, list, erasure, export, search or undo';
INSERT INTO core.retention VALUES
    ('data/searches', 'Answers of saved searches: ids of companies, none of a natural person', 'internal', NULL, 'keep');
