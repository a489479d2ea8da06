// The page of an episode: its parts, and how they hang together.

const KEYS = [
  ["Space", "play or pause"], ["← →", "a turn back or on"], ["Shift + ← →", "ten turns"], ["Home End", "first, last moment"],
  ["p n", "previous, next death, rejection or fault"], ["- +", "zoom"], ["0", "whole map, or where the action is"],
  ["w a s d", "move the map"], ["[ ]", "slower, faster"], ["o", "orders"], ["k", "attacks and damage"], ["i", "short ids"],
  ["g", "sight: off, own, enemy"], ["c", "what the chart shows"], ["1 2", "turn, log"], ["/", "search the log"],
  ["Esc", "no unit selected"], ["?", "this list"],
];
const WORDS_EVERY_MS = 90;
const SIGHTS = ["off", "own", "enemy"];

class Viewer {
  constructor() {
    this.episode = new Episode();
    this.wordsAt = -WORDS_EVERY_MS;
    this.color = makePalette(() => this.recolor());
    this.player = new Player(this.episode, () => this.show());
    this.map = new MapView(this.episode, this.color, (unit) => this.pick(unit));
    this.timeline = new Timeline(this.episode, this.color, (loop) => this.player.seek(this.snap(loop)));
    this.forces = new Forces(this.episode, (unit) => this.pick(unit));
    this.turn = new TurnPanel(this.episode, (unit) => this.pick(unit));
    this.log = new LogPanel(this.episode, (loop) => this.player.seek(loop));
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.player.openLink());
  }

  build() {
    this.title = make("h1");
    this.facts = make("p.facts.soft");
    this.result = make("span.badge.hidden");
    this.links = make("nav.links");
    this.notes = make("div.notes.hidden", { role: "note" });
    this.info = make("div.info.hidden", { role: "status" });
    this.help = this.buildHelp();
    const panel = make("section.panel", { "aria-label": "Agents" }, this.buildTabs(), this.turn.element, this.log.element);
    const stage = make("section.stage", { "aria-label": "Map" }, this.map.canvas, this.info);
    document.body.append(
      make("header.top", {}, this.title, this.result, this.facts, this.links), this.notes,
      make("main", {}, this.forces.element, stage, panel),
      make("section.bottom", { "aria-label": "Timeline" }, this.buildControls(), this.timeline.element), this.help);
    this.showTab("turn");
  }

  buildTabs() {
    this.tabs = ["turn", "log"].map((name) => make("button", { role: "tab", "data-tab": name,
      onclick: () => this.showTab(name) }, { turn: "This turn", log: "Log" }[name]));
    const list = make("div.tabs", { role: "tablist" }, this.tabs);
    list.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.stopPropagation();
      this.showTab(this.tab === "turn" ? "log" : "turn");
      this.tabs.find((tab) => tab.dataset.tab === this.tab).focus();
    });
    return list;
  }

  showTab(name) {
    this.tab = name;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", tab.dataset.tab === name);
      tab.tabIndex = tab.dataset.tab === name ? 0 : -1;
    }
    this.turn.element.classList.toggle("hidden", name !== "turn");
    this.log.element.classList.toggle("hidden", name !== "log");
    if (name === "log" && this.log.stale) this.log.refresh();
    this.player.ask();
  }

  buildControls() {
    const button = (text, title, action) => make("button.step", { title, "aria-label": title, onclick: action },
      text in ICONS ? icon(text) : text);
    this.playButton = button("play", "Play", () => this.player.toggle());
    this.playButton.classList.add("play");
    const fit = button("fit", "Whole map, or where the action is", () => this.refit());
    fit.classList.add("fit");
    this.clock = make("output.clock", { "aria-live": "off" });
    this.speed = make("select", { "aria-label": "Speed", onchange: () => { this.player.speed = Number(this.speed.value); } },
      SPEEDS.map((speed) => make("option", { value: speed, selected: speed === 1 }, `${speed}×`)));
    this.liveButton = make("button.live.hidden", { onclick: () => this.player.follow() }, "● Live");
    this.switches = Object.fromEntries([["orders", "Orders"], ["attacks", "Attacks"], ["names", "Ids"]].map(([name, title]) =>
      [name, make("input", { type: "checkbox", checked: true, "data-shows": name, "aria-label": title,
        onchange: () => this.toggle(name, this.switches[name].checked) })]));
    this.sight = make("select", { "aria-label": "Sight", onchange: () => this.setSight(this.sight.value) },
      [["off", "sight off"], ["own", "own sight"], ["enemy", "enemy sight"]].map(([value, text]) => make("option", { value }, text)));
    this.series = make("select", { "aria-label": "Chart", onchange: () => this.setSeries(this.series.value) },
      Object.entries(SERIES).map(([name, { title }]) => make("option", { value: name }, title)));
    return make("div.controls", {},
      button("first", "First moment", () => this.player.seek(this.episode.firstLoop)),
      button("back", "A turn back", () => this.player.step(-1)), this.playButton,
      button("on", "A turn on", () => this.player.step(1)),
      button("last", "Last moment", () => this.player.seek(this.episode.lastLoop)), this.speed, this.liveButton, this.clock,
      make("span.space"),
      Object.entries(this.switches).map(([, box]) => make("label.switch", {}, box, box.getAttribute("aria-label"))),
      this.sight, fit, this.series,
      button("?", "Keys", () => this.help.showModal()));
  }

  buildHelp() {
    const rows = KEYS.flatMap(([keys, what]) => [make("dt", {}, keys), make("dd", {}, what)]);
    const close = make("button", { onclick: () => help.close() }, "Close");
    const legend = make("p.soft", {}, "Dots on the timeline: deaths. Rings: health, and outside it shields. Dotted lines: orders. Arrows: attacks. Red circle: " +
      "hurt since the turn before. Cross: died. Enemy orders are not known to the player, and so not shown. Sight is drawn from " +
      "sight ranges alone: cliffs and high ground are not considered.");
    const marks = Object.entries(LOG_KINDS).filter(([kind]) => kind !== "death")
      .map(([kind, title]) => make("li", {}, make(`i.swatch-${kind}`), title));
    const help = make("dialog", { "aria-label": "Keys" }, make("h2", {}, "Keys"), make("dl", {}, rows),
      make("h2", {}, "Signs"), make("ul", {}, marks), legend, close);
    return help;
  }

  /** Show what is known of an episode that was begun, or of more of it. */
  refresh() {
    const { start, end } = this.episode;
    this.title.textContent = start.scenario ?? "Waiting for an episode";
    document.title = [start.scenario, ...new Set(Object.values(start.models))].filter(Boolean).join(" · ") || document.title;
    const models = [...new Set(Object.values(start.models))].join(", ");
    const facts = [models, start.roster && `roster ${start.roster}`, start.seed !== undefined && `seed ${start.seed}`,
      start.pace && start.pace !== "wait" && `pace ${start.pace}`, start.game, end?.reason];
    this.facts.textContent = facts.filter(Boolean).join(" · ");
    if (end) this.setResult(end.result, end.result);
    this.timeline.resize();
    this.log.prepare();
    if (this.tab === "log") this.log.refresh();
    this.player.ask();
  }

  setResult(word, style) {
    this.result.className = `badge ${style}`;
    this.result.textContent = word;
  }

  setNotes(notes) {
    this.notes.replaceChildren(...notes.map((note) => make("p", {}, note)));
    this.notes.classList.toggle("hidden", !notes.length);
  }

  recolor() {
    this.map.renew();
    this.timeline.paint();
  }

  snap(loop) {
    const { frames } = this.episode;
    const number = this.episode.frameAt(loop);
    const next = frames[number + 1];
    return next && next.loop - loop < loop - frames[number].loop ? next.loop : frames[number]?.loop ?? 0;
  }

  /** Draw the moment the player is at. */
  show() {
    const { player, episode } = this;
    this.map.draw(player.loop);
    this.timeline.draw(player.loop);
    this.showPlaying(player.playing);
    this.liveButton.setAttribute("aria-pressed", player.following);
    this.speed.value = String(player.speed);
    const { frame, frameNumber } = player;
    if (!frame) return;
    const last = episode.frames[episode.frames.length - 1];
    this.clock.textContent = `${episode.clock(player.loop)} / ${episode.clock(last.loop)} · turn ${frame.turn} of ${last.turn}`;
    const key = `${frameNumber}|${episode.frames.length}|${this.map.selected}`;
    if (key !== this.shownKey) {
      this.shownKey = key;
      this.forces.render(frame);
      this.timeline.tell(frame, frameNumber);
      this.describe(frame);
      document.documentElement.dataset.turn = frame.turn;
    }
    this.showWords(frame.turn);
  }

  /** Show the words of a turn, at a calmer pace than the map: nobody reads while scrubbing. */
  showWords(turn) {
    const wait = this.wordsAt + WORDS_EVERY_MS - performance.now();
    if (wait > 0) {
      this.later ??= setTimeout(() => {
        this.later = null;
        this.player.ask();
      }, wait);
      return;
    }
    this.wordsAt = performance.now();
    if (this.tab === "turn") this.turn.render(turn);
    else if (this.log.turn !== turn) this.log.mark(turn);
  }

  showPlaying(playing) {
    const title = playing ? "Pause" : "Play";
    if (this.playButton.title === title) return;
    this.playButton.title = title;
    this.playButton.setAttribute("aria-label", title);
    this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
  }

  pick(unit) {
    const chosen = unit === this.map.selected ? -1 : unit;
    this.map.selected = chosen;
    this.forces.selected = chosen;
    this.player.ask();
  }

  /** Write what is known of the selected unit. */
  describe(frame) {
    const unit = this.map.selected;
    this.info.classList.toggle("hidden", unit < 0);
    if (unit < 0) return;
    const { name, tag } = this.episode.units[unit];
    const row = frame.rows[unit];
    const lines = [make("b", {}, name), make("span.mono.soft", {}, `0x${BigInt(tag).toString(16)}`)];
    if (row) lines.push(...this.describeRow(row, frame));
    else lines.push(make("span", {}, "not in sight, or dead"));
    this.info.replaceChildren(...lines);
  }

  describeRow(row, frame) {
    const kind = this.episode.kindOf(row);
    const figures = [`health ${row[COLUMN.HEALTH] / 10} of ${kind.health_max}`];
    if (kind.shield_max) figures.push(`shield ${row[COLUMN.SHIELD] / 10} of ${kind.shield_max}`);
    if (kind.energy_max) figures.push(`energy ${row[COLUMN.ENERGY] / 10}`);
    if (row[COLUMN.PROGRESS] < 100) figures.push(`${row[COLUMN.PROGRESS]} % built`);
    const marks = Object.values(this.episode.start.marks ?? {}).filter((_, bit) => row[COLUMN.MARKS] & (1 << bit));
    figures.push(...marks.map((mark) => mark.replace(/^is_/, "").replace("snapshot", "seen before, not now")));
    const place = `at ${(row[COLUMN.X] / 100).toFixed(1)}, ${(row[COLUMN.Y] / 100).toFixed(1)}`;
    const order = this.episode.orderOf(row, frame) || (kind.side === "s" ? "no order" : "");
    return [make("span", {}, `${kind.type} ${place}`), make("span", {}, figures.join(" · ")), make("span.soft", {}, order)];
  }

  toggle(name, value) {
    this.map.shows[name] = value;
    this.switches[name].checked = value;
    this.map.draw(this.player.loop);
  }

  setSight(value) {
    this.map.shows.sight = value;
    this.sight.value = value;
    this.map.draw(this.player.loop);
  }

  setSeries(value) {
    this.timeline.series = value;
    this.series.value = value;
    this.timeline.paint();
  }

  refit() {
    this.map.fit(this.map.fitted === "action" ? "whole" : "action");
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    const typing = event.target.matches("input[type=search], select");
    if (event.key === "Escape" && event.target.matches("input[type=search]")) event.target.blur();
    if (typing || (event.key === " " && event.target.matches("button, summary, input"))) return;
    const action = this.actions()[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }

  actions() {
    const { player, map } = this;
    const next = (list, value) => list[(list.indexOf(value) + 1) % list.length];
    return {
      " ": () => player.toggle(), ArrowLeft: (event) => player.step(event.shiftKey ? -10 : -1),
      ArrowRight: (event) => player.step(event.shiftKey ? 10 : 1), Home: () => player.seek(this.episode.firstLoop),
      End: () => player.seek(this.episode.lastLoop), PageUp: () => player.step(-10), PageDown: () => player.step(10),
      n: () => player.seekIncident(1), p: () => player.seekIncident(-1), "[": () => player.changeSpeed(-1),
      "]": () => player.changeSpeed(1), "+": () => map.zoom(1.25), "=": () => map.zoom(1.25), "-": () => map.zoom(0.8),
      0: () => this.refit(), w: () => map.pan(0, 1), a: () => map.pan(-1, 0), s: () => map.pan(0, -1), d: () => map.pan(1, 0),
      o: () => this.toggle("orders", !map.shows.orders), k: () => this.toggle("attacks", !map.shows.attacks),
      i: () => this.toggle("names", !map.shows.names), g: () => this.setSight(next(SIGHTS, map.shows.sight)),
      c: () => this.setSeries(next(Object.keys(SERIES), this.timeline.series)), 1: () => this.showTab("turn"),
      2: () => this.showTab("log"), "/": () => { this.showTab("log"); this.log.search.focus(); },
      Escape: () => this.pick(-1), "?": () => this.help.showModal(), l: () => this.liveButton.click(),
    };
  }
}
