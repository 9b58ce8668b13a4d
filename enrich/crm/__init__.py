"""The team's own CRM: export files read, mapped and taken into the warehouse, version by version."""
