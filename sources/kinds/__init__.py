"""How a family of sources answers; no country in here."""
