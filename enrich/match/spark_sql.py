"""The SQL by which candidates are found, put into Spark's dialect: one text for both engines."""

from dataclasses import dataclass

from db.sql import read_query


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a query file for Spark: the SELECT, and the relation that it makes (null: it only asks).

    Parameters are `:name`. `is_table` says that it is computed once, unlike a view.
    """

    makes: str | None
    is_table: bool
    select: str


def spark_statements(name: str) -> list[Statement]:
    """The statements of `db/queries/<name>.sql` in their order.

    Raises `ValueError` for one that is neither CREATE … AS nor SELECT, and sqlglot's `UnsupportedError` for what Spark has
    no word for.
    """
    import sqlglot
    from sqlglot import expressions

    found = []
    for statement in sqlglot.parse(read_query(name), read="duckdb"):
        if isinstance(statement, expressions.Create):
            makes, is_table, select = statement.this.name, statement.kind == "TABLE", statement.expression
        else:
            makes, is_table, select = None, False, statement
        if not isinstance(select, expressions.Query):
            raise ValueError(f"db/queries/{name}.sql: only CREATE … AS and SELECT run on Spark too, not: {statement}")
        sql = select.sql(dialect="spark", comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE)
        found.append(Statement(makes=makes, is_table=is_table, select=sql))
    return found
