-- Whether a pair was judged, or a judgement undone, that the last good run of matching does not know.
SELECT EXISTS (
    SELECT 1
    FROM core.decision
    WHERE kind IN ('judgement', 'undo')
        AND folded_at > coalesce(
            (SELECT max(started_at) FROM core.run WHERE stage = 'match' AND outcome = 'ok'), TIMESTAMPTZ '-infinity'
        )
);
