"""Parts of the declaration of `gb_coh`: column names, codes and what several fields share."""
