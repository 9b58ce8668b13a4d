-- Whether the source, and the part of it that has these layouts, delivered before.
SELECT count(*) > 0 AS source_has, count(*) FILTER (list_contains($part_layouts, layout)) > 0 AS part_has
FROM core.source_record WHERE source = $source;
