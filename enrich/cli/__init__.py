"""The command line: the only place that prints."""


def main() -> None:
    """Run the command of `sys.argv`."""
    from enrich.cli.app import app  # inside, so that importing this package costs nothing

    app()
