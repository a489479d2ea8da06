"""What upgrades change about the catalog's numbers: one rule for the engine and for what is told of fights."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from llm_pysc2.knowledge.weapons import Hit, UpgradeChange

_BONUS = "AttributeBonus["


def changes_of(
    changes: Iterable[UpgradeChange], subject: str, field: str, upgrades: Collection[int]
) -> list[UpgradeChange]:
    """Return those of some changes that upgrades (ids) make to a field of a subject."""
    return [one for one in changes if one.upgrade_id in upgrades and (one.subject, one.field) == (subject, field)]


def changed(value: float, changes: Iterable[UpgradeChange]) -> float:
    """Return a value of the catalog after upgrades.

    >>> changed(6.0, [UpgradeChange(7, "effect:GuassRifle", "Amount", "Add", 1)])
    7.0
    """
    for change in changes:
        amount = float(change.value)
        match change.operation:
            case "Add":
                value += amount
            case "Subtract":
                value -= amount
            case "Multiply":
                value *= amount
            case "Set":
                value = amount
    return value


def upgraded_hit(hit: Hit, changes: Collection[UpgradeChange], upgrades: Collection[int]) -> Hit:
    """Return a hit with upgrades (ids): its damage, and its bonuses, of which upgrades may give it more.

    >>> light = UpgradeChange(19, "effect:Fire", "AttributeBonus[Light]", "Add", 12)
    >>> upgraded_hit(Hit(effect="Fire", damage=18), [light], [19]).bonus
    {'Light': 12.0}
    """
    subject = f"effect:{hit.effect}"
    given = [one.field for one in changes if one.subject == subject and one.field.startswith(_BONUS)]
    values = dict.fromkeys(given, 0.0) | {f"{_BONUS}{attribute}]": value for attribute, value in hit.bonus.items()}
    bonus = {
        field.removeprefix(_BONUS).removesuffix("]"): after
        for field, value in values.items()
        if (after := changed(value, changes_of(changes, subject, field, upgrades)))
    }
    return replace(hit, damage=changed(hit.damage, changes_of(changes, subject, "Amount", upgrades)), bonus=bonus)
