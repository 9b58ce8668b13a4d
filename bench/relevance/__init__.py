"""How well companies are ranked by words: real texts, their industries as labels, and questions frozen in git."""
