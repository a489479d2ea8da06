"""The API's answers to orders: those numbers of `ActionResult` (error.proto) that the engine gives."""

from enum import IntEnum


class Result(IntEnum):
    """Why an order was refused, or that it was not."""

    SUCCESS = 1
    NOT_SUPPORTED = 2
    ERROR = 3
    CANT_QUEUE_THAT_ORDER = 4
    NOT_ENOUGH_ENERGY = 17
    CANT_TARGET_THAT_UNIT = 36
    UNIT_CANT_MOVE = 38
    MUST_TARGET_UNIT = 81
    MUST_TARGET_VISIBLE_UNIT = 83
    MUST_TARGET_VISIBLE_LOCATION = 84
    YOU_CANT_CONTROL_THAT_UNIT = 87
    CANT_TARGET_ENEMY_UNITS = 110
    CANT_TARGET_AIR_UNITS = 112
    CANT_TARGET_GROUND_UNITS = 114
    MUST_TARGET_BIOLOGICAL_UNITS = 121
    CANT_TARGET_INVULNERABLE_UNITS = 161
    ORDER_QUEUE_IS_FULL = 203
