"""The warehouse: one DuckDB file that one process writes, and the published files that everybody else reads."""
