"""Authoritative registers: one declaration and one sample each."""
