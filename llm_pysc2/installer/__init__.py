"""Gets the real game and its maps from their publishers: addresses, downloads, archives.

Asks nobody and shows nothing: whoever calls agrees to licenses and watches. Starts no game and knows no PySC2.
"""
