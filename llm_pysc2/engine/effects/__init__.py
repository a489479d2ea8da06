"""What abilities do, interpreted from the facts: effect trees, conditions, and behaviours that last on units.

One small module per kind of step; `interpreter` knows them all, and `records` holds what is under way.
"""
