"""The search engine: answers over what publishing prepared, without reading the companies that it does not show."""
