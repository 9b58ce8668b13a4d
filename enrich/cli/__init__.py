"""The command line: the only place that prints."""

import sys


def main() -> None:
    """Run the command of `sys.argv`."""
    try:
        from enrich.cli.app import app  # inside, so that importing this package costs nothing

        app()
    except KeyboardInterrupt:
        sys.exit(130)
