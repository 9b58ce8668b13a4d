"""Whole files of the registers at full size, in the form in which each register publishes them, and how fast they land."""
