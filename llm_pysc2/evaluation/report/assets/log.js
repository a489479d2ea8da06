// Everything that happened, a line each, to search and to jump to.

const LOG_KINDS = { orders: "actions", rejected: "rejected", failure: "no answer", letter: "letters", death: "deaths",
  refused: "refused orders", fault: "faults" };
const MOST_LINES = 1500;

class LogPanel {
  constructor(episode, onSeek) {
    this.episode = episode;
    this.onSeek = onSeek;
    this.kinds = new Set(Object.keys(LOG_KINDS));
    this.lines = [];
    this.stale = true;
    this.search = make("input", { type: "search", placeholder: "Search the log", "aria-label": "Search the log",
      oninput: () => this.refresh() });
    this.agent = make("select", { "aria-label": "Agent", onchange: () => this.refresh() });
    this.chips = make("div.chips", { role: "group", "aria-label": "What is listed" });
    this.list = make("ol.log", { tabindex: -1 });
    this.status = make("p.soft.status", { role: "status" });
    this.element = make("div.logpanel", {}, make("div.filters", {}, this.search, this.agent), this.chips, this.status, this.list);
  }

  /** Offer the filters that make sense for this episode. */
  prepare() {
    const present = new Map();
    for (const { kind } of this.episode.incidents) present.set(kind, (present.get(kind) ?? 0) + 1);
    const chips = Object.entries(LOG_KINDS).filter(([kind]) => present.has(kind)).map(([kind, title]) => {
      const box = make("input", { type: "checkbox", checked: this.kinds.has(kind), onchange: () => {
        if (box.checked) this.kinds.add(kind);
        else this.kinds.delete(kind);
        this.refresh();
      } });
      return make(`label.chip.${kind}`, {}, box, `${title} ${count(present.get(kind))}`);
    });
    this.chips.replaceChildren(...chips);
    const chosen = this.agent.value;
    this.agent.replaceChildren(make("option", { value: "" }, "all agents"),
      ...this.episode.agents.map((agent) => make("option", { value: agent, selected: agent === chosen }, agent)));
    this.agent.classList.toggle("hidden", this.episode.agents.length < 2);
    this.stale = true;
  }

  matches(incident, words) {
    if (!this.kinds.has(incident.kind)) return false;
    if (this.agent.value && incident.agent !== this.agent.value) return false;
    const text = `${incident.agent ?? ""} ${incident.text} ${incident.cause ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }

  refresh() {
    this.stale = false;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.episode.ordered().filter((incident) => this.matches(incident, words));
    this.lines = found.slice(0, MOST_LINES).map((incident) => this.line(incident));
    this.list.replaceChildren(...this.lines.map((line) => line.element));
    const shown = found.length > MOST_LINES ? `The first ${count(MOST_LINES)} of ${count(found.length)} lines` : "";
    this.status.textContent = found.length ? shown : "Nothing to list.";
    this.mark(this.turn ?? 0);
  }

  line(incident) {
    const { kind, turn, loop, agent, side } = incident;
    const button = make(`button.${kind}${side ? `.${SIDE_COLORS[side]}` : ""}`, { onclick: () => this.onSeek(loop) },
      make("span.when", {}, `${this.episode.clock(loop)} · ${turn}`), make("span.what", {}, agent ? make("b", {}, `${shorten(agent, 40)} `) : null, shorten(incident.text, 300)));
    return { turn, element: make("li", {}, button) };
  }

  /** Mark the lines of a turn. */
  mark(turn) {
    this.turn = turn;
    for (const line of this.marked ?? []) line.element.classList.remove("now");
    this.marked = this.lines.filter((line) => line.turn === turn);
    for (const line of this.marked) line.element.classList.add("now");
    if (!this.marked.length) return;
    const line = this.marked[0].element;
    this.reveal(line);
    // lines out of sight have guessed heights: look again when those around it are known
    requestAnimationFrame(() => this.reveal(line));
  }

  /** Scroll the list, and nothing around it, so that a line can be seen. */
  reveal(line) {
    const [list, box] = [this.list.getBoundingClientRect(), line.getBoundingClientRect()];
    if (box.top < list.top || box.bottom > list.bottom) this.list.scrollTop += box.top - list.top - list.height / 3;
  }
}
