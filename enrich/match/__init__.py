"""Matching CRM records onto companies: keys, comparisons, model, explanation."""
