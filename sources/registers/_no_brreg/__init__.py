"""Parts of the declaration of Norway's register (`sources/registers/no_brreg.py`)."""
