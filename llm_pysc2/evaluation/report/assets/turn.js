// What the agents read, answered and did in a turn, a card for each.

class TurnPanel {
  constructor(episode, onPick) {
    this.episode = episode;
    this.onPick = onPick;
    this.open = new Set();
    this.shown = "";
    this.element = make("div.turns");
  }

  render(turn) {
    const entries = this.episode.agents.map((agent) => this.episode.entryAt(agent, turn));
    const key = [turn, ...entries.map((entry) => (entry ? `${entry.turn}.${"accepted" in entry}` : "-"))].join("|");
    if (key === this.shown) return;
    this.shown = key;
    const cards = entries.map((entry, place) => this.card(this.episode.agents[place], entry, turn));
    if (!cards.length) cards.push(make("p.empty", {}, "No agent has been asked yet."));
    this.element.replaceChildren(...cards);
  }

  card(agent, entry, turn) {
    const model = this.episode.start.models[agent] ?? "";
    const head = make("header", {}, make("h3", {}, agent), make("span.soft", {}, model));
    if (!entry) return make("article.card", {}, head, make("p.empty", {}, "Not asked yet."));
    const age = turn - entry.turn;
    head.append(make("span.age", {}, age ? `turn ${entry.turn}, ${age} ${age === 1 ? "turn" : "turns"} ago` : `turn ${turn}`));
    return make("article.card", {}, head, this.answer(entry), this.actions(entry), this.letters(entry), this.details(entry),
      this.figures(entry));
  }

  answer({ answered }) {
    if (!answered) return make("p.empty", {}, "Thinking …");
    if (answered.failure) {
      return make("p.failure", {}, make("b", {}, `No answer (${answered.failure})`), ` ${answered.failure_reason ?? ""}`);
    }
    if (!answered.text.trim()) return make("p.empty", {}, "An empty answer.");
    return make("div.answer", {}, textBlock(answered.text, "Answer"));
  }

  actions({ accepted, rejected }) {
    if (!accepted) return null;
    const items = accepted.map(([team, action]) => make("li.accepted", {}, this.team(team), this.action(action)));
    for (const [team, line, reason, cause] of rejected) {
      items.push(make("li.rejected", {}, this.team(team), make("code", {}, shorten(line, 400)),
        make("span.reason", {}, reason, " ", make("span.cause", {}, cause))));
    }
    if (!items.length) return make("p.none", {}, "No actions.");
    const title = `${accepted.length} ${accepted.length === 1 ? "action" : "actions"} carried out` +
      (rejected.length ? `, ${rejected.length} rejected` : "");
    return make("div", {}, make("h4", {}, title), make("ul.actions", {}, items));
  }

  team(name) {
    return name ? make("span.team", {}, name) : null;
  }

  /** Return an action in which the short ids of units can be clicked. */
  action(text) {
    const parts = shorten(text, 400).split(/([A-Za-z]+\d+)/);
    return make("code", {}, parts.map((part) => {
      const unit = this.episode.byName.get(part.toLowerCase());
      return unit === undefined ? part : make("button.id", { onclick: () => this.onPick(unit) }, part);
    }));
  }

  letters({ letters }) {
    if (!letters?.length) return null;
    const items = letters.map(([receiver, text]) => make("li", {}, make("span.team", {}, `to ${receiver}`), textBlock(text)));
    return make("div", {}, make("h4", {}, "Letters"), make("ul.letters", {}, items));
  }

  details(entry) {
    const system = this.episode.intros.get(entry.agent)?.[entry.prompts - 1]?.system;
    return [
      this.fold(entry, "shown", "What it was shown", () => [
        ...(entry.pictures ?? []).map(([caption, source]) => this.picture(caption, source)), textBlock(entry.asked ?? "", "What it was shown")]),
      system ? this.fold(entry, "system", "What it was told once", () => [textBlock(system, "System prompt")]) : null,
    ];
  }

  /** Return a picture that is a data URL or a file of this report, and nothing else. */
  picture(caption, source) {
    const known = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/.test(source) || /^[\w.+-]+\.images\/[\w+-]+\.png$/.test(source);
    const content = known ? make("img", { src: source, alt: caption, loading: "lazy" })
      : make("p.empty", {}, "This picture was not kept; --save-images keeps them.");
    return make("figure", {}, content, make("figcaption.soft", {}, shorten(caption, 400)));
  }

  /** Return a section that is filled when it is opened, and stays open from turn to turn. */
  fold(entry, name, title, content) {
    const key = `${entry.agent}|${name}`;
    const details = make("details", { open: this.open.has(key) }, make("summary", {}, title));
    const fillOnce = () => {
      if (details.open && details.childElementCount === 1) details.append(...content());
    };
    details.addEventListener("toggle", () => {
      if (details.open) this.open.add(key);
      else this.open.delete(key);
      fillOnce();
    });
    fillOnce();
    return details;
  }

  figures({ answered, loop }) {
    if (!answered) return null;
    const parts = [];
    if (answered.input_tokens) {
      const cached = answered.cached_tokens ? ` (${count(answered.cached_tokens)} cached)` : "";
      parts.push(`${count(answered.input_tokens)} tokens in${cached}`, `${count(answered.output_tokens ?? 0)} out`);
    }
    if (answered.reasoning_tokens) parts.push(`${count(answered.reasoning_tokens)} of them reasoning`);
    if (answered.latency_seconds >= 0.05) parts.push(`${answered.latency_seconds.toFixed(1)} s`);
    if (answered.retries) parts.push(`${answered.retries} retries`);
    if (answered.effect_loop > loop) parts.push(`took effect at ${this.episode.clock(answered.effect_loop)}`);
    if (answered.stop_reason && answered.stop_reason !== "stop") parts.push(`stopped: ${answered.stop_reason}`);
    return parts.length ? make("footer.soft", {}, parts.join(" · ")) : null;
  }
}
