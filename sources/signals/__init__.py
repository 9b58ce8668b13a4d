"""Sources of dated events about companies, one file a source."""
