"""Companies of five countries, published: what a search is measured over."""
