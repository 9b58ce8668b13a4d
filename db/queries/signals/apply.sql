-- Brings core.signal up to date with `folded_signal`: a new version of what changed; what did not is dated anew.
UPDATE core.signal AS known SET stated_at = folded.stated_at, content_at = folded.content_at
FROM folded_signal AS folded
WHERE known.signal_id = folded.signal_id AND known.known_to IS NULL AND NOT folded.is_changed
    AND row(known.stated_at, known.content_at) IS DISTINCT FROM row(folded.stated_at, folded.content_at);

UPDATE core.signal SET known_to = $at
WHERE known_to IS NULL AND signal_id IN (SELECT signal_id FROM folded_signal WHERE is_changed);

INSERT INTO core.signal BY NAME
SELECT * EXCLUDE (is_new, is_closed, is_changed), $source AS source, $run_id AS run_id, $at AS known_from
FROM folded_signal
WHERE is_new OR is_changed;
