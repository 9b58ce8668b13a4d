"""Parts of the declaration of Denmark's register (`dk_cvr.py`)."""
