"""Which records of several registers are one company, with ids that stay."""

from enrich.resolve.run import ResolveReport, resolve_companies

__all__ = ["ResolveReport", "resolve_companies"]
