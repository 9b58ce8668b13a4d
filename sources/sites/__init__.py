"""What companies state of themselves, on sites of their own."""
