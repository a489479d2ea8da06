"""The systems of one game loop, one module each: functions that read and change a `Match`. `step` lists their order."""
