"""The other side of `db/sandbox.py`: a process that answers typed SQL, and ends itself at its limits.

A question is a line of JSON on stdin (sql, seconds, rows); an answer a line of JSON on stdout (error, text, bytes) and
so many bytes of an Arrow stream.
"""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from db.errors import QueryRefused, QueryTooBig, WarehouseError
from db.warehouse import Warehouse

HEADROOM_MB = 3000
"""Address space beside what DuckDB may hold: libraries, stacks of threads, and the rows on their way out."""

_KINDS = ((QueryTooBig, "too_big"), (QueryRefused, "refused"), (WarehouseError, "failed"))


def answer_questions(path: Path, attached: Path | None, memory_mb: int) -> None:
    """Answer until stdin ends. A question over its time ends the process with SIGALRM, whatever it is doing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked, who then ends this process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _bound_memory(memory_mb + HEADROOM_MB)
    warehouse = None
    for line in sys.stdin.buffer:
        question = json.loads(line)
        body = b""
        said: dict[str, object] = {"error": None, "text": ""}
        try:
            if warehouse is None:
                warehouse = Warehouse.open_to_read(path, attached=attached, memory_limit=f"{memory_mb}MB")
            signal.setitimer(signal.ITIMER_REAL, question["seconds"])
            body = _answer(warehouse, question, memory_mb)
        except MemoryError:
            text = (
                f"The query needs more memory than its limit of {memory_mb:,} MB. "
                "Narrow it, aggregate, or give it more with --memory."
            )
            said = {"error": "too_big", "text": text}
        except WarehouseError as error:
            said = {"error": next(name for kind, name in _KINDS if isinstance(error, kind)), "text": str(error)}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.buffer.write(json.dumps({**said, "bytes": len(body)}).encode() + b"\n" + body)
        sys.stdout.buffer.flush()


def _answer(warehouse: Warehouse, question: dict[str, Any], memory_mb: int) -> bytes:
    rows = question["rows"]
    table = warehouse.head(question["sql"], rows=None if rows is None else rows + 1)
    if table.nbytes > memory_mb * 500_000:
        raise QueryTooBig(
            f"The answer is {table.nbytes / 1e6:,.0f} MB large; at most {memory_mb // 2:,} MB are given with --memory "
            f"{memory_mb}. Ask for fewer rows or columns, or give it more."
        )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _bound_memory(megabytes: int) -> None:
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


if __name__ == "__main__":
    answer_questions(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None, int(sys.argv[3]))
