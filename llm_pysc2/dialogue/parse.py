"""What an answer means: text to commands, letters and notes, with a reason for every line that is not carried out.

Total: any text gives a Reply. Linear in the length of the text. What a model wrote is never evaluated.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from llm_pysc2.dialogue.headings import Headings
from llm_pysc2.dialogue.orders import Order, build_commands
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.dialogue.resolve import Resolver
from llm_pysc2.dialogue.scan import ITEM_LIMIT, TEXT_LIMIT_CHARS, Item, scan
from llm_pysc2.dialogue.situation import Outcome, Situation
from llm_pysc2.mail import Letter, cut_letter
from llm_pysc2.world.command import Command, ProductionRequest


@dataclass(frozen=True, slots=True)
class Accepted:
    """An action that was understood and becomes an order."""

    team: str
    text: str
    """In canonical form, such as "Attack_Unit(eR3)"."""
    commands: tuple[Command, ...] = ()
    """What it comes to; nothing for a production request that is still open."""
    production_request: ProductionRequest | None = None
    """What the game is to be asked first; None where there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that does not become an order."""

    team: str
    """Empty if the line belongs to no team."""
    line: str
    reason: str
    """For the writer of the line, such as "eR3 is no longer visible"."""
    cause: str
    """One word for counts: "action", "argument", "unit", "dead", "unseen", "foreign", "target", "unable", "forbidden",
    "point", "team", "limit", "cost", "supply", "busy", "place", "receiver", "length"."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that was understood of one answer."""

    accepted: tuple[Accepted, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    letters: tuple[Letter, ...] = ()
    channels: tuple[str, ...] = ()
    """Channels that the agent wants to listen to."""
    notes: tuple[str, ...] = ()
    """For the agent's notebook, in order; an empty one wipes what was written before."""
    lookups: tuple[str, ...] = ()
    """What it wants to know of the knowledge base."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of all accepted actions, in their order."""
        return tuple(command for action in self.accepted for command in action.commands)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What the agent is told next turn (`Situation.outcomes`): accepted actions first, then the rejected lines."""
        return tuple(Outcome(a.team, a.text) for a in self.accepted) + tuple(
            Outcome(r.team, r.line, r.reason) for r in self.rejected
        )


def parse(text: str, situation: Situation) -> Reply:
    """Return what an answer means in the situation that its writer was shown. Never raises."""
    headings = Headings([team.name for team in situation.teams])
    found = scan(text, headings.find, lambda name: situation.book.find(name) is not None)
    return parse_items(found.items, situation, is_cut=found.is_cut)


def parse_items(items: Iterable[Item], situation: Situation, *, is_cut: bool = False) -> Reply:
    """Return what the items of an answer mean; `is_cut` = there were more than are read. Never raises."""
    reader = _Reader(situation, Headings([team.name for team in situation.teams]))
    for item in items:
        reader.read(item)
    if is_cut:
        reader.reject("", "", f"only {ITEM_LIMIT} items and {TEXT_LIMIT_CHARS} characters are read", "length")
    commands = build_commands(reader.orders, situation)
    return Reply(
        accepted=tuple(
            Accepted(order.team, order.text, own, order.production_request)
            for order, own in zip(reader.orders, commands, strict=True)
        ),
        rejected=tuple(reader.rejected),
        letters=tuple(reader.letters),
        channels=tuple(dict.fromkeys(reader.channels)),
        notes=tuple(reader.notes),
        lookups=tuple(reader.lookups),
    )


class _Reader:
    """Goes through the items of one answer and sorts them into orders, rejected lines, letters and notes."""

    def __init__(self, situation: Situation, headings: Headings) -> None:
        self.orders: list[Order] = []
        self.rejected: list[Rejected] = []
        self.letters: list[Letter] = []
        self.channels: list[str] = []
        self.notes: list[str] = []
        self.lookups: list[str] = []
        self._situation = situation
        self._headings = headings
        self._resolver = Resolver(situation)
        self._given: dict[str | int, int] = {}

    def read(self, item: Item) -> None:
        """Take in one item."""
        if item.kind == "action":
            self._read_action(item)
        elif item.kind == "message":
            self._read_message(item)
        elif item.kind == "listen":
            self._read_channel(item)
        elif item.kind == "note":
            self.notes.append(cut_letter(item.body))
        elif item.kind == "unreadable":
            self.reject("", item.line, f"the arguments of {item.name} are no JSON object", "argument")
        elif item.kind == "lookup":
            self._read_lookup(item)
        else:
            reason = f"{item.name} needs its text in triple quotes, and then a closing bracket"
            self.reject("", item.line, reason, "argument")

    def reject(self, team: str, line: str, reason: str, cause: str) -> None:
        """Keep a line that is not carried out, with its reason."""
        self.rejected.append(Rejected(team, line, reason, cause))

    def _read_action(self, item: Item) -> None:
        heading = self._headings.team(item.heading)
        try:
            order = self._resolver.resolve(item.name, item.body, heading)
            self._count(order)
        except Refusal as refusal:
            self.reject(heading if self._headings.knows(heading) else "", item.line, refusal.reason, refusal.cause)
        else:
            self.orders.append(order)

    def _count(self, order: Order) -> None:
        """Count the order for its team, or for each unit that it names. Raises Refusal if that is one too many."""
        limit = self._situation.speaker.actions_per_team
        counted: list[str | int] = list(order.unit_tags) if order.is_individual else [order.team]
        for key in counted:
            if self._given.get(key, 0) >= limit:
                who = order.team if isinstance(key, str) else self._situation.short_ids.name(key)
                raise Refusal(f"more than {limit} actions for {who}", "limit")
        for key in counted:
            self._given[key] = self._given.get(key, 0) + 1

    def _read_message(self, item: Item) -> None:
        speaker = self._situation.speaker
        receiver = _match(item.name, speaker.receivers)
        if receiver is None:
            self.reject("", item.line, _nobody(item.name, speaker.receivers), "receiver")
        elif item.body:
            self.letters.append(Letter(speaker.name, receiver, cut_letter(item.body)))
        else:
            self.reject("", item.line, "the message is empty", "argument")

    def _read_channel(self, item: Item) -> None:
        channels = self._situation.speaker.channels
        channel = _match(item.body, channels)
        if channel is None:
            self.reject("", item.line, _nobody(item.body, channels), "receiver")
        else:
            self.channels.append(channel)

    def _read_lookup(self, item: Item) -> None:
        limit = self._situation.speaker.lookups
        if not item.body:
            self.reject("", item.line, "Lookup needs a name or a question", "argument")
        elif len(self.lookups) >= limit:
            self.reject("", item.line, f"more than {limit} lookups", "limit")
        else:
            self.lookups.append(item.body)


def _match(name: str, known: tuple[str, ...]) -> str | None:
    """Return the known name that is meant, in any case of letters, or None."""
    return next((candidate for candidate in known if candidate.lower() == name.lower()), None)


def _nobody(name: str, known: tuple[str, ...]) -> str:
    there_are = ", ".join(known) if known else "nobody"
    return f"there is no {name[:40]!r} to write or listen to; there is {there_are}"
