-- Makes room for the late versions: what went before ends where they begin; a current version stated before and after
-- them is parted in two; a version that they confirm begins earlier.
INSERT INTO core.source_record
SELECT * REPLACE ($fetched_at AS known_to) FROM core.source_record
WHERE rowid IN (SELECT earlier_rowid FROM land_late WHERE splits_current AND verdict = 'late');

UPDATE core.source_record SET known_from = greatest(fetched_at, $newest_complete_at)
WHERE rowid IN (SELECT earlier_rowid FROM land_late WHERE splits_current AND verdict = 'late');

UPDATE core.source_record SET known_to = $fetched_at, is_closed = false
WHERE known_to > $fetched_at AND known_from < $fetched_at
    AND rowid IN (SELECT earlier_rowid FROM land_late WHERE verdict IN ('late', 'late_moved') AND NOT coalesce(splits_current, false));

UPDATE core.source_record SET known_from = $fetched_at
WHERE rowid IN (SELECT later_rowid FROM land_late WHERE verdict = 'late_moved');
