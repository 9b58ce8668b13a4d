"""What Sweden's two registers share."""

PERSONAL_NUMBER = r"\b(18|19|20)?\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+ ]?\d{4}\b"
"""A personal or coordination number inside a text, with or without its century and sign (RE2)."""
