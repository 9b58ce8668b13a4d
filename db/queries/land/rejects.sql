-- One row a delivered row that cannot be used, with its place in the file, the reason (`land_reasons`, lent) and its text.
-- Rows of erased records are counted without saying whose they were.
INSERT INTO raw.reject
WITH unreadable AS (
    SELECT line, min(csv_line) AS csv_line, min(error_type::VARCHAR) AS error_type
    FROM land_unreadable GROUP BY line
), skipped AS (
    SELECT line, row_number() OVER (ORDER BY line) AS place FROM unreadable
)
SELECT
    $run_id::UUID, $source, numbered.row_number + $header_lines + count(skipped.line), any_value(numbered.source_key),
    any_value(numbered.reject_code), any_value(land_reasons.reason), any_value(numbered.row_json), $now
FROM land_numbered AS numbered
JOIN land_reasons ON land_reasons.code = numbered.reject_code
LEFT JOIN skipped ON skipped.line - skipped.place <= numbered.row_number
GROUP BY numbered.row_number
UNION ALL
SELECT
    $run_id::UUID, $source, unreadable.line, NULL, land_reasons.code, land_reasons.reason,
    left(to_json(unreadable.csv_line)::VARCHAR, 4000), $now
FROM unreadable
JOIN land_reasons ON land_reasons.error_type = unreadable.error_type
UNION ALL
SELECT $run_id::UUID, $source, NULL, NULL, 'erased', land_reasons.reason, NULL, $now
FROM land_row JOIN land_reasons ON land_reasons.code = land_row.reject_code
WHERE land_row.reject_code = 'erased';
