// The timeline: how the sides fared over the whole episode, what each agent did and when; a slider to move in it.

const EVENTS_LANE = "events";
const LANE_PX = 15;
const GUTTER_PX = 92;
const RIGHT_PX = 12;
const AXIS_PX = 18;
const CHART_PX = 62;
const MARK_COLORS = { orders: "faint", rejected: "bad", failure: "fail", letter: "mail", refused: "warn", fault: "fail" };

const SERIES = {
  strength: { title: "Health + shields of units", pair: (frame) => [frame.sides.s.strength, frame.sides.e.strength] },
  units: { title: "Number of units", pair: (frame) => [frame.sides.s.units, frame.sides.e.units] },
  value: { title: "Value killed and lost", names: ["killed", "lost"],
    pair: ({ score }) => [score.killed_minerals + 2 * score.killed_vespene, score.lost_minerals + 2 * score.lost_vespene] },
  bank: { title: "Minerals and vespene", names: ["minerals", "vespene"],
    pair: ({ resources }) => [resources.minerals ?? 0, resources.vespene ?? 0] },
  supply: { title: "Supply used and cap", names: ["used", "cap"],
    pair: ({ resources }) => [resources.supply_used ?? 0, resources.supply_cap ?? 0] },
};

class Timeline {
  constructor(episode, color, onSeek) {
    this.episode = episode;
    this.color = color;
    this.series = "strength";
    this.loop = 0;
    this.canvas = make("canvas");
    this.tip = make("div.tip.hidden", { "aria-hidden": "true" });
    this.element = make("div.timeline", { role: "slider", tabindex: 0, "aria-label": "Moment of the episode",
      "aria-valuemin": 0, "aria-orientation": "horizontal" }, this.canvas, this.tip);
    this.picture = document.createElement("canvas");
    keepSharp(this.canvas, (width, height) => {
      [this.width, this.height] = [width, height];
      this.paint();
    });
    this.listen(onSeek);
  }

  listen(onSeek) {
    let held = false;
    const seek = (event) => onSeek(this.toLoop(event.clientX - this.canvas.getBoundingClientRect().left));
    this.element.addEventListener("pointerdown", (event) => {
      held = true;
      this.element.setPointerCapture(event.pointerId);
      seek(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (held) seek(event);
      this.explain(event);
    });
    this.element.addEventListener("pointerup", () => { held = false; });
    this.element.addEventListener("pointerleave", () => this.tip.classList.add("hidden"));
  }

  get lanes() {
    return [EVENTS_LANE, ...this.episode.agents];
  }

  get span() {
    return [this.episode.firstLoop, Math.max(this.episode.lastLoop, this.episode.firstLoop + 1)];
  }

  toX(loop) {
    const [first, last] = this.span;
    return GUTTER_PX + ((loop - first) / (last - first)) * (this.width - GUTTER_PX - RIGHT_PX);
  }

  toLoop(x) {
    const [first, last] = this.span;
    const share = (x - GUTTER_PX) / (this.width - GUTTER_PX - RIGHT_PX);
    return clamp(first + share * (last - first), first, last);
  }

  /** Take on the height that the agents of the episode need. */
  resize() {
    const height = CHART_PX + this.lanes.length * LANE_PX + AXIS_PX + 10;
    this.canvas.style.height = `${height}px`;
    this.paint();
  }

  /** Paint all but the playhead on a picture of its own, so that moving the playhead costs nothing. */
  paint() {
    if (!this.width) return;
    const ratio = window.devicePixelRatio || 1;
    [this.picture.width, this.picture.height] = [this.canvas.width, this.canvas.height];
    const context = this.picture.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.paintAxis(context);
    if (this.episode.frames.length) {
      this.paintChart(context);
      this.paintLanes(context);
    }
    this.draw(this.loop);
  }

  paintAxis(context) {
    const [first, last] = this.span;
    const seconds = (last - first) / this.episode.loopsPerSecond;
    const step = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((each) => seconds / each <= 14) ?? 1200;
    context.font = `11px ${this.color("sans")}`;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (let second = 0; second <= last / this.episode.loopsPerSecond; second += step) {
      const loop = second * this.episode.loopsPerSecond;
      if (loop < first) continue;
      const x = Math.round(this.toX(loop)) + 0.5;
      context.strokeStyle = this.color("line");
      context.beginPath();
      context.moveTo(x, 4);
      context.lineTo(x, this.height - AXIS_PX);
      context.stroke();
      context.fillStyle = this.color("soft");
      context.fillText(this.episode.clock(loop + 0.5), x, this.height - 5);
    }
  }

  /** Return the pairs of values of the series that is shown. */
  values() {
    return this.episode.frames.map((frame) => SERIES[this.series].pair(frame).map((value) => value || 0));
  }

  paintChart(context) {
    const values = this.values();
    const most = Math.max(1, ...values.map(([own, enemy]) => Math.max(own, enemy)));
    const toY = (value) => 6 + (CHART_PX - 8) * (1 - value / most);
    ["own", "enemy"].forEach((name, side) => {
      context.beginPath();
      values.forEach((pair, number) => {
        const x = this.toX(this.episode.frames[number].loop);
        if (number) context.lineTo(x, toY(values[number - 1][side]));
        context.lineTo(x, toY(pair[side]));
      });
      context.strokeStyle = this.color(name);
      context.lineWidth = 1.75;
      context.stroke();
      context.lineTo(this.toX(this.episode.lastLoop), CHART_PX);
      context.lineTo(this.toX(this.episode.firstLoop), CHART_PX);
      context.save();
      context.globalAlpha = 0.12;
      context.fillStyle = this.color(name);
      context.fill();
      context.restore();
    });
    this.paintNames(context, most);
  }

  paintNames(context, most) {
    const names = SERIES[this.series].names ?? ["own", "enemy"];
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.font = `600 11px ${this.color("sans")}`;
    ["own", "enemy"].forEach((name, side) => {
      context.fillStyle = this.color(name);
      context.fillText(names[side], GUTTER_PX - 8, 24 + side * 16);
    });
    context.font = `10px ${this.color("sans")}`;
    context.fillStyle = this.color("faint");
    context.fillText(count(most), GUTTER_PX - 8, 9);
  }

  laneY(lane) {
    return CHART_PX + 8 + (lane + 0.5) * LANE_PX;
  }

  paintLanes(context) {
    context.font = `11px ${this.color("sans")}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    this.lanes.forEach((name, lane) => {
      context.fillStyle = this.color("soft");
      context.fillText(shorten(name, 14), GUTTER_PX - 8, this.laneY(lane));
      context.strokeStyle = this.color("line");
      context.beginPath();
      context.moveTo(GUTTER_PX, this.laneY(lane) + 0.5);
      context.lineTo(this.width - RIGHT_PX, this.laneY(lane) + 0.5);
      context.stroke();
    });
    const late = (incident) => (["orders", "letter"].includes(incident.kind) ? 0 : 1);
    for (const incident of [...this.episode.incidents].sort((a, b) => late(a) - late(b))) this.paintMark(context, incident);
  }

  paintMark(context, incident) {
    const x = this.toX(incident.loop);
    if (incident.kind === "death") {
      const up = { s: -3, e: 3 }[incident.side];
      if (up === undefined) return;
      context.fillStyle = this.color(SIDE_COLORS[incident.side]);
      context.beginPath();
      context.arc(x, this.laneY(0) + up, 3, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    const lane = this.lanes.indexOf(incident.agent ?? EVENTS_LANE);
    const size = { orders: 3, letter: 4.5 }[incident.kind] ?? 6;
    context.fillStyle = this.color(MARK_COLORS[incident.kind]);
    if (incident.kind === "letter") context.fillRect(x - 2, this.laneY(lane) - 6, 4, 4);
    else context.fillRect(x - 1, this.laneY(lane) - size, 2, 2 * size);
  }

  /** Draw the playhead at a game loop over the picture. */
  draw(loop) {
    this.loop = loop;
    if (!this.width) return;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    context.drawImage(this.picture, 0, 0, this.width, this.height);
    const x = Math.round(this.toX(loop)) + 0.5;
    context.strokeStyle = this.color("ink");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, 2);
    context.lineTo(x, this.height - AXIS_PX + 2);
    context.stroke();
    context.fillStyle = this.color("ink");
    context.beginPath();
    context.moveTo(x - 5, 0);
    context.lineTo(x + 5, 0);
    context.lineTo(x, 7);
    context.fill();
  }

  /** Say where the playhead is to those who do not see it. */
  tell(frame, number) {
    const { own, enemy } = { own: frame.sides.s.units, enemy: frame.sides.e.units };
    this.element.setAttribute("aria-valuemax", this.episode.frames.length - 1);
    this.element.setAttribute("aria-valuenow", number);
    this.element.setAttribute("aria-valuetext",
      `turn ${frame.turn}, ${this.episode.clock(frame.loop)}, ${own} own and ${enemy} enemy units`);
  }

  /** Show what happened near the pointer. */
  explain(event) {
    if (!this.episode.frames.length) return;
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    const frame = this.episode.frames[this.episode.frameAt(this.toLoop(x))];
    const pair = SERIES[this.series].pair(frame).map((value) => count(value || 0));
    const near = this.episode.incidents.filter((each) => Math.abs(this.toX(each.loop) - x) <= 3 && each.kind !== "orders");
    const lines = near.slice(0, 5).map((each) => shorten(`${each.agent ? `${each.agent}: ` : ""}${each.text}`, 90));
    if (near.length > 5) lines.push(`and ${near.length - 5} more`);
    this.tip.textContent = [`turn ${frame.turn} · ${this.episode.clock(frame.loop)} · ${pair.join(" / ")}`, ...lines].join("\n");
    this.tip.classList.remove("hidden");
    const isLate = x > this.width / 2;
    this.tip.style.left = isLate ? "auto" : `${x}px`;
    this.tip.style.right = isLate ? `${this.width - x}px` : "auto";
  }
}
