"""What one agent knows in one turn: the value that `describe` puts into words and `parse` reads an answer against.

The same value for both, so that an answer is understood exactly against what its writer was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from llm_pysc2.dialogue.grammar import NO_OPERATION, Action, ActionBook
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.mail import EVERYONE, Letter
from llm_pysc2.roster import Frame, ImageKind, Knowledge, Protocol, Role, Team, Telling
from llm_pysc2.world.view import UnitView, WorldView


@dataclass(frozen=True, slots=True)
class Speaker:
    """The side of an agent that stays the same for a whole episode."""

    name: str
    actions_per_team: int = 3
    """Actions that a team may be given in one answer, and orders of its own that a unit may be given."""
    sees_resources: bool = False
    """Whether minerals, vespene and supply are shown."""
    points: Frame = "world"
    """Frame of the positions shown and of the point actions listed; every frame is understood in answers."""
    partners: tuple[str, ...] = ()
    """Agents it may write to."""
    channels: tuple[str, ...] = ()
    """Channels it may write to and listen to."""
    protocol: Protocol = "text"
    """In which form it answers."""
    observations: Telling = "text"
    """In which form it is told what it sees."""
    knowledge: Knowledge = "advice"
    lookups: int = 2
    """Questions to the knowledge base in one answer."""
    token_budget: int = 0
    """About how many tokens an observation text may take, 0 = as many as it needs."""
    images: tuple[ImageKind, ...] = ()
    """Pictures that it is shown beside the text."""
    actions: tuple[str, ...] = ()
    """Patterns of the names of the only actions that it may give; empty = all."""

    @property
    def receivers(self) -> tuple[str, ...]:
        """Whom it may write to: other agents, channels, and all agents at once where there are several."""
        return (*self.partners, *self.channels, *((EVERYONE,) if len(self.partners) > 1 else ()))

    def may_give(self, action: Action) -> bool:
        """Return whether the roster leaves an action to this agent."""
        return not self.actions or any(fnmatchcase(action.name, pattern) for pattern in self.actions)


def speaker_of(role: Role, partners: Sequence[str] = ()) -> Speaker:
    """Return the speaker that an agent of a roster is; `partners` are the other agents."""
    return Speaker(
        name=role.name,
        actions_per_team=role.actions_per_team,
        sees_resources=role.sees_resources,
        points=role.points,
        partners=tuple(partners),
        channels=role.channels,
        protocol=role.protocol,
        observations=role.observations,
        knowledge=role.knowledge,
        lookups=role.lookups,
        token_budget=role.token_budget,
        images=role.images,
        actions=role.actions,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action of the last answer."""

    team: str
    """Empty if the action named no team."""
    action: str
    """The action as it was read, or the line as it was written if it was not understood."""
    reason: str = ""
    """Why it was rejected; empty if it was accepted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the knowledge base says to a question of the last answer."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Fellow:
    """Another agent of the same player."""

    name: str
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything one agent knows in one turn."""

    speaker: Speaker
    view: WorldView
    """With `dead_tags` and `action_errors` of the whole turn, where several observations make a turn."""
    teams: tuple[Team, ...]
    """The agent's own teams with their units."""
    short_ids: ShortIds
    """Already updated with the view."""
    book: ActionBook
    previous: WorldView | None = None
    """What the agent saw in its last turn; None in the first."""
    outcomes: tuple[Outcome, ...] = ()
    task: str = ""
    team_tasks: tuple[tuple[str, str], ...] = ()
    """Task by team, where it differs from the common one."""
    letters: tuple[Letter, ...] = ()
    dropped_letters: int = 0
    """Older letters that are not shown: there were too many."""
    notes: tuple[str, ...] = ()
    """The agent's notebook, oldest first."""
    findings: tuple[Finding, ...] = ()
    fellows: tuple[Fellow, ...] = ()
    """The other agents with their teams, for those who are to see them."""
    led_by_others: frozenset[int] = frozenset()
    """Tags of the units of other agents; own units in nobody's team may do what any unit may do."""
    loops_left: int | None = None
    """Game loops to the end of the episode; None where there is no limit."""

    def can(self, unit: UnitView, action: Action) -> bool:
        """Return whether an own unit can be given an action now, as far as it can be known here.

        What the game said counts (`WorldView.available_abilities`); where it was not asked, the command card of the
        type, what is researched, and that a unit that is still being built can only be cancelled.
        """
        available = self.view.available_abilities.get(unit.tag)
        if available is None and not unit.is_complete and action.ability_id != NO_OPERATION:
            return action.name.startswith("Cancel") and self.book.can(action, unit.type_name)
        return self.book.can(action, unit.type_name, available, self.view.upgrade_ids)
