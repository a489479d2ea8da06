"""The values that everything reads and writes: units as columns, the match, tables worked out from who is alive."""
