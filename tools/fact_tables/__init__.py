"""Build the tables of `knowledge_base/facts/` from a folder of raw facts: one module for each kind of table."""
