"""`render_data`: the screen and the minimap as pictures, drawn with Pillow from what the player sees.

Seen from straight above, so that a place has the same pixel here as in feature layers of that size.
"""
