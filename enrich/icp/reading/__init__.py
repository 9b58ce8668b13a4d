"""Plain language in, the filters of an ideal-customer description out; docs/plain-language.md is its grammar for users."""
