-- Whether something was landed, imported, ended, let go of, undone or decided, or roles or accounts were brought, after the last publication began, $inputs are others,
-- or its files are not there.
WITH changed AS (
    SELECT finished_at AS changed_at FROM core.run WHERE stage IN ('refresh', 'import', 'retention') AND outcome = 'ok'
    UNION ALL
    SELECT asked_at FROM core.role_inquiry -- also where the register stopped answering and the run failed
    UNION ALL
    SELECT asked_at FROM core.mandate WHERE asked_at IS NOT NULL
    UNION ALL
    SELECT asked_at FROM core.account_inquiry WHERE outcome = 'hit'
    UNION ALL
    SELECT greatest(known_from, known_to, fetched_at) FROM core.site
    UNION ALL
    SELECT max(known_to) FROM core.source_record -- ended where nothing was landed: a list of others has it no more
    UNION ALL
    SELECT folded_at FROM core.decision
),
published AS (
    SELECT begun_at, inputs_sha256 FROM core.publication ORDER BY begun_at DESC LIMIT 1
)
SELECT EXISTS (FROM core.source_record) AND NOT coalesce(
    (SELECT $is_there AND inputs_sha256 = $inputs AND begun_at >= (SELECT max(changed_at) FROM changed) FROM published), false
);
