// The episode as the viewer knows it: frames of the map, what agents read and wrote, and what happened. Built record by
// record, so that a saved episode and a running one are the same thing.

const COLUMN = { UNIT: 0, KIND: 1, X: 2, Y: 3, HEALTH: 4, SHIELD: 5, ENERGY: 6, ABILITY: 7, TARGET: 8, TARGET_Y: 9,
  FACING: 10, ENGAGED: 11, PROGRESS: 12, MARKS: 13, WIDTH: 14 };
const FIGHTING_FORMS = new Set(["ground", "air"]);

class Episode {
  constructor() {
    this.faults = [];
    this.begin({ models: {}, terrain: [], map_size_cells: [32, 32], playable: [0, 0, 32, 32], loops_per_second: 22.4 });
    this.known = false;
  }

  /** Take the next record. */
  take(record) {
    const takers = { start: "begin", frame: "addFrame", intro: "addIntro", asked: "addWords", answered: "addWords",
      decided: "addWords", fault: "addFault", end: "addEnd" };
    const taker = takers[record.k];
    if (taker) this[taker](record);
  }

  /** Begin an episode: a new one, or the same once more after its game was lost. */
  begin(start) {
    const isAgain = this.start && this.start.scenario === start.scenario && this.start.episode === start.episode && this.start.seed === start.seed;
    if (!isAgain) this.faults = [];
    this.known = true;
    this.start = start;
    this.loopsPerSecond = start.loops_per_second;
    this.kinds = [];
    this.units = [];
    this.abilities = [];
    this.frames = [];
    this.incidents = [];
    this.agents = Object.keys(start.models);
    this.entries = new Map(this.agents.map((agent) => [agent, []]));
    this.intros = new Map();
    this.byName = new Map();
    this.end = null;
    this.hasFacing = false;
    this.box = [Infinity, Infinity, -Infinity, -Infinity];
    if (this.faults.length) this.note("fault", { text: "played again from its start" });
  }

  get lastLoop() {
    return this.frames.length ? this.frames[this.frames.length - 1].loop : 0;
  }

  get firstLoop() {
    return this.frames.length ? this.frames[0].loop : 0;
  }

  clock(loops) {
    return clock(loops, this.loopsPerSecond);
  }

  addFrame(record) {
    this.kinds.push(...(record.kinds ?? []));
    for (const [tag, name] of record.units ?? []) {
      this.byName.set(name.toLowerCase(), this.units.length);
      this.units.push({ tag, name, number: this.units.length });
    }
    this.abilities.push(...(record.abilities ?? []));
    const before = this.frames[this.frames.length - 1];
    const rows = before ? before.rows.slice() : [];
    const changed = Int32Array.from(record.changed);
    for (let place = 0; place < changed.length; place += COLUMN.WIDTH) {
      const row = changed.subarray(place, place + COLUMN.WIDTH);
      rows[row[COLUMN.UNIT]] = row;
      this.hasFacing ||= row[COLUMN.FACING] !== 0;
      this.stretch(row);
    }
    for (const unit of record.gone) rows[unit] = undefined;
    const frame = { turn: record.turn, loop: record.loop, rows, dead: record.dead, score: record.score,
      resources: record.resources ?? {}, effects: record.effects ?? [] };
    frame.sides = this.weigh(rows);
    this.frames.push(frame);
    this.noteFrame(frame, before, record.refused ?? []);
  }

  /** Stretch the box, in cells, in which units of both sides ever were: left, bottom, right, top. */
  stretch(row) {
    if (!"se".includes(this.kindOf(row).side)) return;
    const { box } = this;
    const [x, y] = [row[COLUMN.X] / 100, row[COLUMN.Y] / 100];
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }

  /** Return number and strength (health and shields) of the units of both sides; buildings count where nothing else is. */
  weigh(rows) {
    const sides = { s: { units: 0, strength: 0, buildings: 0 }, e: { units: 0, strength: 0, buildings: 0 } };
    for (const row of rows) {
      if (!row) continue;
      const kind = this.kinds[row[COLUMN.KIND]];
      const side = sides[kind.side];
      if (!side) continue;
      if (FIGHTING_FORMS.has(kind.form)) {
        side.units += 1;
        side.strength += (row[COLUMN.HEALTH] + row[COLUMN.SHIELD]) / 10;
      } else {
        side.buildings += 1;
      }
    }
    return sides;
  }

  noteFrame(frame, before, refused) {
    for (const unit of frame.dead) {
      const row = before?.rows[unit] ?? this.lastRow(unit);
      if (!row) continue;
      const kind = this.kinds[row[COLUMN.KIND]];
      const name = this.units[unit].name;
      const text = name.startsWith("0x") ? `${kind.type} died` : `${name} (${kind.type}) died`;
      this.note("death", { turn: frame.turn, loop: frame.loop, side: kind.side, unit, row, text });
    }
    for (const [unit, ability, why] of refused) {
      const name = unit >= 0 ? this.units[unit].name : "a unit";
      this.note("refused", { turn: frame.turn, loop: frame.loop, unit, text: `${ability} of ${name} was refused: ${why}` });
    }
  }

  lastRow(unit) {
    for (let place = this.frames.length - 2; place >= 0; place -= 1) {
      if (this.frames[place].rows[unit]) return this.frames[place].rows[unit];
    }
    return null;
  }

  addIntro(record) {
    const intros = this.intros.get(record.agent) ?? [];
    intros.push({ model: record.model, system: record.system, entries: this.entries.get(record.agent)?.length ?? 0 });
    this.intros.set(record.agent, intros);
  }

  /** Take what an agent was shown, what it answered, or what was understood of it: parts of one entry. */
  addWords(record) {
    const { k, ...words } = record;
    if (!this.entries.has(words.agent)) {
      this.entries.set(words.agent, []);
      this.agents.push(words.agent);
    }
    const list = this.entries.get(words.agent);
    let entry = list[list.length - 1];
    if (!entry || entry.turn !== words.turn) {
      entry = { turn: words.turn, agent: words.agent, loop: this.loopOfTurn(words.turn), prompts: 0 };
      list.push(entry);
    }
    entry.prompts = this.intros.get(words.agent)?.length ?? 0;
    if (k === "asked") [entry.asked, entry.pictures] = [words.text, words.pictures ?? []];
    else if (k === "answered") entry.answered = words;
    else Object.assign(entry, { accepted: words.accepted, rejected: words.rejected, letters: words.letters });
    if (k === "answered") this.noteAnswer(entry);
    if (k === "decided") this.noteDecision(entry);
  }

  noteAnswer(entry) {
    const { turn, loop, agent, answered } = entry;
    if (answered.failure) {
      this.note("failure", { turn, loop, agent, text: `no answer (${answered.failure}): ${answered.failure_reason}` });
    }
  }

  noteDecision({ turn, loop, agent, accepted, rejected, letters }) {
    if (accepted.length) {
      const text = accepted.map(([team, action]) => `${team}: ${action}`).join(", ");
      this.note("orders", { turn, loop, agent, number: accepted.length, text });
    }
    for (const [team, line, reason, cause] of rejected) {
      this.note("rejected", { turn, loop, agent, cause, text: `${team ? `${team}: ` : ""}${line}: ${reason}` });
    }
    for (const [receiver, text] of letters) {
      this.note("letter", { turn, loop, agent, receiver, text: `to ${receiver}: ${text}` });
    }
  }

  addFault(record) {
    this.faults.push(record);
    this.note("fault", { text: `${record.boundary}: ${record.message}` });
  }

  addEnd(record) {
    this.end = record;
  }

  note(kind, incident) {
    const last = this.frames[this.frames.length - 1];
    this.incidents.push({ kind, turn: last?.turn ?? 0, loop: last?.loop ?? 0, ...incident });
  }

  /** Return the number of the last frame at or before a game loop. */
  frameAt(loop) {
    let low = 0;
    let high = this.frames.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.frames[middle].loop <= loop) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Return the game loop of a turn: that of its frame, or of the last one kept before it. */
  loopOfTurn(turn) {
    let low = 0;
    let high = this.frames.length - 1;
    if (high < 0) return 0;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.frames[middle].turn <= turn) low = middle;
      else high = middle - 1;
    }
    return this.frames[low].loop;
  }

  /** Return an agent's last entry at or before a turn. */
  entryAt(agent, turn) {
    const list = this.entries.get(agent) ?? [];
    let low = -1;
    let high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle].turn <= turn) low = middle;
      else high = middle - 1;
    }
    return low >= 0 ? list[low] : null;
  }

  /** Return what happened to agents and units, in the order of game time. */
  ordered() {
    return this.incidents.map((incident, place) => [incident, place])
      .sort(([a, i], [b, j]) => a.loop - b.loop || i - j).map(([incident]) => incident);
  }

  kindOf(row) {
    return this.kinds[row[COLUMN.KIND]];
  }

  /** Return whether the unit that a row is engaged with is of its own side, as a Medivac's patient is. */
  isHelping(row, frame) {
    const other = frame.rows[row[COLUMN.ENGAGED]];
    return Boolean(other) && this.kindOf(other).side === this.kindOf(row).side;
  }

  /** Return what a unit is doing, in words. */
  orderOf(row, frame) {
    if (row[COLUMN.ABILITY] < 0) {
      if (row[COLUMN.ENGAGED] < 0) return "";
      return `${this.isHelping(row, frame) ? "helps" : "attacks"} ${this.units[row[COLUMN.ENGAGED]].name}`;
    }
    const ability = this.abilities[row[COLUMN.ABILITY]];
    if (row[COLUMN.TARGET] < 0) return ability;
    if (row[COLUMN.TARGET_Y] >= 0) {
      return `${ability} ${(row[COLUMN.TARGET] / 100).toFixed(0)},${(row[COLUMN.TARGET_Y] / 100).toFixed(0)}`;
    }
    const target = this.units[row[COLUMN.TARGET]].name;
    return `${ability} ${target}${frame.rows[row[COLUMN.TARGET]] ? "" : " (out of sight)"}`;
  }
}
