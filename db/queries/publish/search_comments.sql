-- One row a table (column null) or column of what was prepared for searches: what it says. Columns of companies say what they
-- say in core.
WITH described AS MATERIALIZED (SELECT database_name, schema_name, table_name, column_name, comment FROM duckdb_columns()),
searched AS (
    SELECT table_name, column_name FROM described WHERE database_name = 'published' AND schema_name = 'search'
),
said (table_name, column_name, comment) AS (
    VALUES
        ('company', NULL, 'One row a company, in the order in which companies of equal fit are shown'),
        ('company', 'number', 'internal: Its row in the table of companies'),
        ('company', 'has_text', 'open: Its purpose or activity is known'),
        ('company', 'has_site_text', 'open: What its own site says of it is known'),
        ('word', NULL, 'One row a word of names, activities, purposes and what sites say, in the order of its plain spelling'),
        ('word', 'plain', 'mixed: Plain spelling'),
        ('word', 'word', 'mixed: The word in lower case'),
        ('word', 'first', 'internal: Its first row in search.posting'),
        ('word', 'hits', 'internal: How many rows of search.posting, one a company, are its'),
        ('posting', NULL, 'One row a word and company that has it'),
        ('posting', 'place', 'internal: The row of the company in search.company')
)
SELECT tables.table_name, NULL AS column_name, coalesce(said.comment, 'One row a combination of these values that companies have') AS comment
FROM (SELECT DISTINCT table_name FROM searched) AS tables
LEFT JOIN said ON said.table_name = tables.table_name AND said.column_name IS NULL
UNION ALL
SELECT
    searched.table_name, searched.column_name,
    coalesce(
        said.comment, origin.comment,
        CASE searched.column_name
            WHEN 'code' THEN 'internal: Number of the combination, from 0 on'
            WHEN 'company_count' THEN 'internal: Companies that have it'
            ELSE 'internal: Number of its combination in search.' || searched.column_name
        END
    )
FROM searched
LEFT JOIN said ON said.table_name = searched.table_name AND said.column_name = searched.column_name
LEFT JOIN described AS origin
    ON origin.column_name = searched.column_name AND searched.table_name <> 'company'
    AND origin.database_name = 'warehouse' AND origin.schema_name = 'core' AND origin.table_name = 'company';
