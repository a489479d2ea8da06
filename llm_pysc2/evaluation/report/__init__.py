"""Pages that show what was played, made from traces alone: an index, and a viewer for each episode."""
