"""The ideal-customer description: its form, its fit, its reasons."""
