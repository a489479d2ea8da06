"""Letters between agents: any text, to an agent or a channel, delivered at the start of the next turn.

Pure values; knows no agent and no model. What is in a letter is data, whoever wrote it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

EVERYONE = "All"
"""Receiver of a letter to all other agents; no agent and no channel has this name."""
LETTER_LIMIT_CHARS = 4000
"""Longer letters are cut, and say so."""
INBOX_LIMIT = 40
"""Of more unread letters the newest stay."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter."""

    sender: str
    receiver: str
    """Name of an agent or of a channel, or EVERYONE."""
    text: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """All mail of one player: what lies in the inboxes, and who listens to which channel."""

    subscriptions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Channels by agent; every agent of the player has an entry, so its keys say who can get letters."""
    letters: tuple[Letter, ...] = ()
    """Letters to be read this turn, in the order in which they were sent."""

    def inbox(self, agent: str) -> tuple[Letter, ...]:
        """Return the letters that an agent reads this turn: to itself, and to its channels and all except its own."""
        channels = self.subscriptions.get(agent, frozenset()) | {EVERYONE}
        return tuple(
            letter
            for letter in self.letters
            if letter.receiver == agent or (letter.receiver in channels and letter.sender != agent)
        )

    def listen(self, agent: str, channels: Iterable[str]) -> "Mailbox":
        """Return the mailbox with an agent's further subscriptions, which hold until the end of the episode."""
        wanted = self.subscriptions.get(agent, frozenset()) | frozenset(channels)
        return Mailbox({**self.subscriptions, agent: wanted}, self.letters)

    def deliver(self, letters: Iterable[Letter]) -> "Mailbox":
        """Return the mailbox of the next turn: the given letters are in it, those of this turn are gone."""
        return Mailbox(self.subscriptions, tuple(letters))


def cut_letter(text: str) -> str:
    """Return the text of a letter, cut to the limit with a mark where it is longer."""
    if len(text) <= LETTER_LIMIT_CHARS:
        return text
    return text[:LETTER_LIMIT_CHARS] + f" [cut: {len(text) - LETTER_LIMIT_CHARS} more characters]"
