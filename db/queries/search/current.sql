-- One row a published company that is free to be shown, as far as its own name goes: persons apart.
SELECT *, false AS is_held_back FROM current_company
