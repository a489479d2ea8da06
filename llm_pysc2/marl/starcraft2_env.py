"""SMAC's environment on the embedded game: the same constructor, methods, numbers and errors, without a game client.

Written from a description of the interface (oxwhirl/smac 1.0.0). Every episode is a game of its own, from loop 0.
"""

from collections.abc import Mapping, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.errors import GameRequestError, UnavailableActionError, UsageError
from llm_pysc2.marl.encode import DIRECTIONS, FIRST_TARGET, NO_OP, NORTH, STOP, Encoder, Layout, Numbers, sizes_of
from llm_pysc2.marl.games import ATTACK, HEAL, MOVE, Order, SceneGame
from llm_pysc2.marl.games import STOP as STOP_ABILITY
from llm_pysc2.marl.heuristic import Heuristic
from llm_pysc2.marl.picture import Pixels, draw_battle
from llm_pysc2.marl.rewards import RewardRules
from llm_pysc2.marl.scene import Ground, Ints
from llm_pysc2.marl.task import load_task

ACTION_NAMES = ("no-op", "stop", "north", "south", "east", "west")
DIFFICULTIES = {letter: number_of for number_of, letter in enumerate("123456789A", 1)}
EMBEDDED = "embedded"
SEEDS = 2**31
"""How many there are: the API's requests hold no larger ones, so that all games count modulo this."""
WON, LOST, NEITHER = 1, -1, 0


class StarCraft2Env:
    """A battle of SMAC's: each agent controls a unit, sees what is near it, and all share a reward.

    Args:
        map_name: One of SMAC's 23 maps.
        step_mul: Game loops a step.
        move_amount: Cells that a move leads.
        difficulty: "1" to "9" or "A". No SMAC map starts a computer, so that it changes nothing there.
        game_version: Taken as SMAC takes it; the embedded game is 4.10.
        seed: Of the first episode; episode k is played with seed + k. Without one, chance decides.
        continuing_episode: Whether `info` says that an episode ended by time.
        obs_all_health: Health of others in observations.
        obs_own_health: Own health in observations.
        obs_last_action: Last actions of allies in observations.
        obs_pathing_grid: Whether eight places around can be walked on.
        obs_terrain_height: How high they are.
        obs_instead_of_state: All observations in place of the state.
        obs_timestep_number: Share of the episode's time in observations.
        state_last_action: Last actions in the state.
        state_timestep_number: Share of the episode's time in the state.
        reward_sparse: See `RewardRules`, which the following fill.
        reward_only_positive: Likewise.
        reward_death_value: Likewise.
        reward_win: Likewise.
        reward_defeat: Likewise.
        reward_negative_scale: Likewise.
        reward_scale: Likewise.
        reward_scale_rate: Likewise.
        replay_dir: Where `save_replay` writes.
        replay_prefix: How its files begin.
        window_size_x: Taken as SMAC takes it; no window is opened.
        window_size_y: Likewise.
        heuristic_ai: Whether SMAC's scripted player acts, whatever `step` is given.
        heuristic_rest: Whether it keeps to available actions.
        debug: Taken as SMAC takes it; nothing is logged.
        game: "embedded": straight on the embedded game. "door": through its API. ws://HOST:PORT: a running game.
        map_path: How a game at an address knows the map; by default as PySC2 installs SMAC's maps.
        assumptions: Guesses about the rules of the embedded game that differ from their defaults.
        unknown: Whatever else is given, to be refused.

    Raises:
        UsageError: For a map or an argument that does not exist.
    """

    def __init__(  # noqa: PLR0913 - SMAC's arguments
        self,
        map_name: str = "8m",
        step_mul: int = 8,
        move_amount: float = 2,
        difficulty: str = "7",
        game_version: str | None = None,  # noqa: ARG002 - as SMAC's clients pass it
        seed: int | None = None,
        continuing_episode: bool = False,
        obs_all_health: bool = True,
        obs_own_health: bool = True,
        obs_last_action: bool = False,
        obs_pathing_grid: bool = False,
        obs_terrain_height: bool = False,
        obs_instead_of_state: bool = False,
        obs_timestep_number: bool = False,
        state_last_action: bool = True,
        state_timestep_number: bool = False,
        reward_sparse: bool = False,
        reward_only_positive: bool = True,
        reward_death_value: float = 10,
        reward_win: float = 200,
        reward_defeat: float = 0,
        reward_negative_scale: float = 0.5,
        reward_scale: bool = True,
        reward_scale_rate: float = 20,
        replay_dir: str = "",
        replay_prefix: str = "",
        window_size_x: int = 1920,  # noqa: ARG002 - likewise
        window_size_y: int = 1200,  # noqa: ARG002 - likewise
        heuristic_ai: bool = False,
        heuristic_rest: bool = False,
        debug: bool = False,  # noqa: ARG002 - likewise
        *,
        game: str = EMBEDDED,
        map_path: str | None = None,
        assumptions: Mapping[str, Value] | None = None,
        **unknown: object,
    ) -> None:
        _refuse(unknown)
        self._task = load_task(map_name)
        _check(difficulty, step_mul, seed)
        self.map_name = map_name
        self.n_agents, self.n_enemies = self._task.n_agents, self._task.n_enemies
        self.n_actions, self.episode_limit = self._task.n_actions, self._task.limit_steps
        self.unit_type_bits = self._task.type_bits
        self.shield_bits_ally, self.shield_bits_enemy = map(int, self._task.has_shields)
        self._step_mul, self._move_amount = step_mul, float(move_amount)
        self._continuing = continuing_episode
        self._obs_instead_of_state = obs_instead_of_state
        self._layout = Layout(
            move_cells=self._move_amount,
            obs_all_health=obs_all_health,
            obs_own_health=obs_own_health,
            obs_last_action=obs_last_action,
            obs_pathing_grid=obs_pathing_grid,
            obs_terrain_height=obs_terrain_height,
            obs_timestep_number=obs_timestep_number,
            state_last_action=state_last_action,
            state_timestep_number=state_timestep_number,
        )
        self._sizes = sizes_of(self._task, self._layout)
        self._rules = RewardRules(
            sparse=reward_sparse,
            only_positive=reward_only_positive,
            death_value=reward_death_value,
            win=reward_win,
            defeat=reward_defeat,
            negative_scale=reward_negative_scale,
            scale=reward_scale,
            scale_rate=reward_scale_rate,
        )
        self._replays = Path(replay_dir or "."), replay_prefix or map_name
        self._heuristic_ai, self._heuristic_rest = heuristic_ai, heuristic_rest
        self._address = game, map_path or f"SMAC_Maps/{map_name}.SC2Map", difficulty
        self._assumptions = dict(assumptions or {})
        self._seed = int(np.random.default_rng().integers(SEEDS)) if seed is None else int(seed)
        self._game: SceneGame | None = None
        self._encoder: Encoder | None = None
        self._ground: Ground | None = None
        self._mask: Ints = np.zeros((self.n_agents, self.n_actions), dtype=np.int64)
        self._observed: Numbers | None = None
        self._is_over = True
        self._episodes = 0
        self.battles_won = self.battles_game = self.timeouts = self.force_restarts = 0

    def reset(self) -> tuple[list[Numbers], Numbers]:
        """Start the next episode and return all observations and the state."""
        if self._game is None:
            self._game = self._open()
        agents, enemies = self._game.begin((self._seed + self._episodes) % SEEDS)
        self._episodes += 1
        if self._encoder is None:
            self._ground = self._game.ground()
            self._encoder = Encoder(self._task, self._layout, self._ground)
        self._agents = agents.picked(np.lexsort((agents.y, agents.x, agents.type_id)))
        self._enemies = enemies
        self.max_reward = self._rules.highest(enemies)
        self._steps = 0
        self._last = np.zeros((self.n_agents, self.n_actions), dtype=np.float32)
        self._heuristic = Heuristic(self._task, self._move_amount)
        self._is_over = False
        self._look()
        return self.get_obs(), self.get_state()

    def step(self, actions: Sequence[int]) -> tuple[float, bool, dict[str, Any]]:
        """Let every agent act, and return the reward, whether the episode is over, and `info`.

        Raises UnavailableActionError, an AssertionError as in SMAC, for what an agent cannot do now, and
        GameRequestError after the end of an episode.
        """
        game = self._running()
        orders = self._scripted(actions) if self._heuristic_ai else self._orders(actions)
        before = self._agents, self._enemies
        agents, enemies = game.step(orders, self._step_mul)
        self._agents, self._enemies = self._agents.updated(agents), self._enemies.updated(enemies)
        self._steps += 1
        reward = self._rules.of_step(before, (self._agents, self._enemies))
        info: dict[str, Any] = {
            "battle_won": False,
            "dead_allies": int((~self._agents.alive).sum()),
            "dead_enemies": int((~self._enemies.alive).sum()),
        }
        outcome = self._outcome()
        if outcome is not None:
            self._is_over, info["battle_won"] = True, outcome == WON
            self.battles_won += outcome == WON
            reward += self._rules.of_end(outcome)
        elif self._steps >= self.episode_limit:
            self._is_over = True
            self.timeouts += 1
            if self._continuing:
                info["episode_limit"] = True
        self.battles_game += self._is_over
        if self._rules.scale:
            reward /= self.max_reward / self._rules.scale_rate
        self._look()
        return reward, self._is_over, info

    def get_obs(self) -> list[Numbers]:
        """Return the observation of each agent."""
        if self._observed is None:
            self._observed = self._encoder_now().observations(
                self._agents, self._enemies, self._mask, self._last, self._steps
            )
        return list(self._observed)

    def get_obs_agent(self, agent_id: int) -> Numbers:
        """Return the observation of one agent."""
        return self.get_obs()[agent_id]

    def get_state(self) -> Numbers:
        """Return the state, flat."""
        if self._obs_instead_of_state:
            return np.concatenate(self.get_obs())
        return self._encoder_now().state(self._agents, self._enemies, self._last, self._steps)

    def get_avail_actions(self) -> list[list[int]]:
        """Return for each agent which actions it may take, 1 = yes."""
        self._encoder_now()
        rows: list[list[int]] = self._mask.tolist()
        return rows

    def get_avail_agent_actions(self, agent_id: int) -> list[int]:
        """Return which actions one agent may take, 1 = yes."""
        return self.get_avail_actions()[agent_id]

    def get_total_actions(self) -> int:
        """Return how many actions there are."""
        return self.n_actions

    def get_obs_move_feats_size(self) -> int:
        """Return how many numbers of an observation are about where the agent may go."""
        return self._sizes.move

    def get_obs_enemy_feats_size(self) -> tuple[int, int]:
        """Return how many enemies an observation holds, and how many numbers of each."""
        return self._sizes.enemies

    def get_obs_ally_feats_size(self) -> tuple[int, int]:
        """Return how many allies an observation holds, and how many numbers of each."""
        return self._sizes.allies

    def get_obs_own_feats_size(self) -> int:
        """Return how many numbers of an observation are about the agent itself."""
        return self._sizes.own

    def get_obs_size(self) -> int:
        """Return how many numbers an observation has."""
        return self._sizes.whole

    def get_state_size(self) -> int:
        """Return how many numbers the state has."""
        if self._obs_instead_of_state:
            return self.get_obs_size() * self.n_agents
        size = self.n_agents * len(self._feature_names(ally=True)) + self.n_enemies * len(
            self._feature_names(ally=False)
        )
        size += self.n_agents * self.n_actions if self._layout.state_last_action else 0
        return size + int(self._layout.state_timestep_number)

    def get_env_info(self) -> dict[str, Any]:
        """Return the sizes that learners ask for."""
        return {
            "state_shape": self.get_state_size(),
            "obs_shape": self.get_obs_size(),
            "n_actions": self.n_actions,
            "n_agents": self.n_agents,
            "episode_limit": self.episode_limit,
            "agent_features": self._feature_names(ally=True),
            "enemy_features": self._feature_names(ally=False),
        }

    def get_stats(self) -> dict[str, float]:
        """Return how the episodes so far ended."""
        return {
            "battles_won": self.battles_won,
            "battles_game": self.battles_game,
            "battles_draw": self.timeouts,
            "win_rate": self.battles_won / self.battles_game if self.battles_game else 0.0,
            "timeouts": self.timeouts,
            "restarts": self.force_restarts,
        }

    def seed(self) -> int:
        """Return the seed of the first episode."""
        return self._seed

    def save_replay(self) -> Path:
        """Write the replay of the episode and return its path. Raises GameRequestError where nothing is recorded."""
        folder, prefix = self._replays
        if self._game is None:
            raise GameRequestError("no episode is being played: reset the environment first")
        replay = self._game.save_replay()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{prefix}_{self._episodes:05d}.SC2Replay"
        path.write_bytes(replay)
        return path

    def render(self, mode: str = "rgb_array") -> Pixels:
        """Return the battle from above as uint8 of shape (512, 512, 3); no window is opened, whatever the mode.

        Raises GameRequestError before the first reset.
        """
        if self._game is None or self._ground is None:
            raise GameRequestError(f"render({mode!r}): no episode is being played: reset the environment first")
        return draw_battle(self._ground, self._agents, self._enemies)

    def close(self) -> None:
        """End the game. Twice is fine."""
        game, self._game = self._game, None
        self._is_over = True
        if game is not None:
            game.close()

    def _open(self) -> SceneGame:
        address, map_path, difficulty = self._address
        if address == EMBEDDED:
            from llm_pysc2.marl.embedded_game import EmbeddedGame

            return EmbeddedGame(self.map_name, self._task.races, self._assumptions)
        if address != "door" and not address.startswith(("ws://", "wss://")):
            raise UsageError(f'game: expected "embedded", "door" or ws://HOST:PORT, found {address!r}')
        from llm_pysc2.marl.door_game import DoorGame, open_door

        return DoorGame(open_door(address, self._assumptions), map_path, self._task.races, DIFFICULTIES[difficulty])

    def _running(self) -> SceneGame:
        if self._game is None or self._encoder is None:
            raise GameRequestError("no episode is being played: reset the environment first")
        if self._is_over:
            raise GameRequestError("the episode is over: reset the environment before the next step")
        return self._game

    def _encoder_now(self) -> Encoder:
        if self._encoder is None:
            raise GameRequestError("no episode is being played: reset the environment first")
        return self._encoder

    def _look(self) -> None:
        self._mask = self._encoder_now().available(self._agents, self._enemies)
        self._observed = None

    def _scripted(self, actions: Sequence[int]) -> list[Order]:
        """Return the scripted player's orders. As in SMAC, what `step` was given counts as the last actions."""
        self._last = np.eye(self.n_actions, dtype=np.float32)[self._chosen(actions)]
        return self._heuristic.orders(self._agents, self._enemies, self._mask if self._heuristic_rest else None)

    def _orders(self, actions: Sequence[int]) -> list[Order]:
        """Return the orders that actions mean, and keep the actions."""
        chosen = self._chosen(actions)
        orders = [order for agent, action in enumerate(chosen) if (order := self._order(agent, action)) is not None]
        self._last = np.eye(self.n_actions, dtype=np.float32)[chosen]
        return orders

    def _chosen(self, actions: Sequence[int]) -> list[int]:
        """Return the actions as numbers. Raises UnavailableActionError for another number of them, or unknown ones."""
        chosen = [int(action) for action in actions]
        if len(chosen) != self.n_agents:
            raise UnavailableActionError(f"expected {self.n_agents} actions, one an agent, found {len(chosen)}")
        unknown = [(agent, action) for agent, action in enumerate(chosen) if not 0 <= action < self.n_actions]
        if unknown:
            agent, action = unknown[0]
            raise UnavailableActionError(
                f"agent {agent} has no action {action}, there are 0 to {self.n_actions - 1}; "
                f"available: {self._available_to(agent)}"
            )
        return chosen

    def _available_to(self, agent: int) -> str:
        return ", ".join(_name(one) for one in np.flatnonzero(self._mask[agent]).tolist())

    def _order(self, agent: int, action: int) -> Order | None:
        if not self._mask[agent, action]:
            available = self._available_to(agent)
            raise UnavailableActionError(f"agent {agent} cannot {_name(action)} now; available: {available}")
        if action == NO_OP:
            return None
        side, tag = self._agents, int(self._agents.tag[agent])
        if action == STOP:
            return tag, STOP_ABILITY, None
        if action < FIRST_TARGET:
            dx, dy = DIRECTIONS[action - NORTH]
            place = side.x[agent] + dx * self._move_amount, side.y[agent] + dy * self._move_amount
            return tag, MOVE, (float(place[0]), float(place[1]))
        if int(side.type_id[agent]) in self._task.medivacs:
            return tag, HEAL, int(side.tag[action - FIRST_TARGET])
        return tag, ATTACK, int(self._enemies.tag[action - FIRST_TARGET])

    def _outcome(self) -> int | None:
        """Return who has won, None while both sides fight. Medivacs alone fight nobody."""
        fight = [
            bool((side.alive & ~np.isin(side.type_id, list(self._task.medivacs))).any())
            for side in (self._agents, self._enemies)
        ]
        if all(fight):
            return None
        if fight[0]:
            return WON
        return LOST if fight[1] or self._task.medivacs else NEITHER

    def _feature_names(self, *, ally: bool) -> list[str]:
        shield = self._task.has_shields[0 if ally else 1]
        names = ["health", *(["energy/cooldown"] if ally else []), "rel_x", "rel_y", *(["shield"] if shield else [])]
        return [*names, *(f"type_{bit}" for bit in range(self.unit_type_bits))]


def _check(difficulty: str, step_mul: int, seed: int | None) -> None:
    """Raise UsageError if one of these values does not fit."""
    if difficulty not in DIFFICULTIES:
        raise UsageError(f"difficulty: expected one of {', '.join(DIFFICULTIES)}, found {difficulty!r}")
    if step_mul < 1:
        raise UsageError(f"step_mul: expected at least 1 game loop, found {step_mul}")
    if seed is not None and seed < 0:
        raise UsageError(f"seed: expected a number from 0 up, found {seed}")


def _refuse(unknown: Mapping[str, object]) -> None:
    """Raise UsageError that lists the constructor's arguments, if there are others."""
    if unknown:
        names = ", ".join(name for name in signature(StarCraft2Env).parameters if name != "unknown")
        raise UsageError(f"StarCraft2Env has no argument {next(iter(unknown))!r}; it takes: {names}")


def _name(action: int) -> str:
    """Return what an action is called, with its number."""
    name = ACTION_NAMES[action] if 0 <= action < FIRST_TARGET else f"target {action - FIRST_TARGET}"
    return f"{name} ({action})"
