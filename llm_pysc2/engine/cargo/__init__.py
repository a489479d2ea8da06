"""Who carries whom."""
