"""Words of companies' texts: their stems, the parts of compounds, and a ranking of companies by them."""
