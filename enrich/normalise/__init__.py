"""Pure normalisers: same input, same output, idempotent."""
