"""Frozen values shared by all layers: clock, geometry, what is seen (view) and what is ordered (command).

Pure: no clock, no chance, no sockets, no PySC2.
"""
