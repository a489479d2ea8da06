// The map: terrain, units, orders, attacks, deaths and sight at one moment, between two frames if need be.

const DEATH_SHOWN_LOOPS = 45;
const LONGEST_GLIDE_CELLS = 12;
const CELL_PX = 8;
const LEAST_SPAN_CELLS = 12;

class MapView {
  constructor(episode, color, onPick) {
    this.episode = episode;
    this.color = color;
    this.shows = { orders: true, attacks: true, names: true, sight: "off" };
    this.selected = -1;
    this.hovered = -1;
    this.places = [];
    this.fitted = "action";
    this.loop = 0;
    this.canvas = make("canvas.map", { "aria-label": "Map", role: "img" });
    this.context = this.canvas.getContext("2d");
    keepSharp(this.canvas, (width, height) => {
      [this.width, this.height] = [width, height];
      this.fit(this.fitted);
    });
    this.listen(onPick);
  }

  /** Forget what was drawn of another episode or in other colours. */
  renew() {
    this.ground = null;
    this.fit(this.fitted);
  }

  listen(onPick) {
    let grip = null;
    const canvas = this.canvas;
    canvas.addEventListener("pointerdown", (event) => {
      grip = { x: event.offsetX, y: event.offsetY, centre: [...this.centre], moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (grip) this.drag(grip, event);
      else this.hover(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerup", (event) => {
      if (grip && !grip.moved) onPick(this.unitAt(event.offsetX, event.offsetY));
      grip = null;
    });
    canvas.addEventListener("pointerleave", () => this.hover(-1e6, -1e6));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.offsetX, event.offsetY);
    }, { passive: false });
  }

  drag(grip, event) {
    const [right, down] = [event.offsetX - grip.x, event.offsetY - grip.y];
    if (Math.hypot(right, down) > 4) grip.moved = true;
    if (!grip.moved) return;
    this.centre = [grip.centre[0] - right / this.scale, grip.centre[1] + down / this.scale];
    this.fitted = "";
    this.draw(this.loop);
  }

  hover(x, y) {
    const unit = this.unitAt(x, y);
    if (unit === this.hovered) return;
    this.hovered = unit;
    this.canvas.style.cursor = unit >= 0 ? "pointer" : "";
    this.draw(this.loop);
  }

  unitAt(x, y) {
    let best = -1;
    let nearest = 6;
    for (const place of this.places) {
      const distance = Math.hypot(place.x - x, place.y - y) - place.radius;
      if (distance < nearest) [best, nearest] = [place.unit, distance];
    }
    return best;
  }

  /** Show the "whole" map, or the part of it on which there was "action". */
  fit(what) {
    this.fitted = what;
    const [left, bottom, right, top] = what === "action" ? this.action() : this.episode.start.playable;
    this.scale = Math.min(this.width / (right - left + 1), this.height / (top - bottom + 1)) || 1;
    this.centre = [(left + right) / 2, (bottom + top) / 2];
    this.draw(this.loop);
  }

  /** Return the rectangle in which units of both sides ever were, with a margin; the playable area if there were none. */
  action() {
    const [left, bottom, right, top] = this.episode.start.playable;
    const { box } = this.episode;
    if (!Number.isFinite(box[0])) return [left, bottom, right, top];
    const margin = 2.5;
    const padX = Math.max(margin, (LEAST_SPAN_CELLS - (box[2] - box[0])) / 2);
    const padY = Math.max(margin, (LEAST_SPAN_CELLS - (box[3] - box[1])) / 2);
    return [Math.max(left, box[0] - padX), Math.max(bottom, box[1] - padY), Math.min(right, box[2] + padX),
      Math.min(top, box[3] + padY)];
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [worldX, worldY] = this.toWorld(x, y);
    this.scale = clamp(this.scale * factor, 2, 160);
    this.centre = [worldX - (x - this.width / 2) / this.scale, worldY + (y - this.height / 2) / this.scale];
    this.fitted = "";
    this.draw(this.loop);
  }

  pan(right, up) {
    this.centre = [this.centre[0] + (right * 60) / this.scale, this.centre[1] + (up * 60) / this.scale];
    this.fitted = "";
    this.draw(this.loop);
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.centre[0]) * this.scale, this.height / 2 - (y - this.centre[1]) * this.scale];
  }

  toWorld(x, y) {
    return [this.centre[0] + (x - this.width / 2) / this.scale, this.centre[1] - (y - this.height / 2) / this.scale];
  }

  /** Draw the moment at a game loop, which may lie between two frames. */
  draw(loop) {
    this.loop = loop;
    if (!this.width || !this.centre) return;
    const { context, episode } = this;
    context.fillStyle = this.color("map-void");
    context.fillRect(0, 0, this.width, this.height);
    this.drawGround();
    if (!episode.frames.length) return;
    const moment = this.moment(loop);
    this.placeUnits(moment);
    this.drawSight();
    this.drawEffects(moment.frame);
    this.drawDeaths(loop);
    if (this.shows.orders) this.drawOrders(moment.frame);
    if (this.shows.attacks) this.drawAttacks(moment);
    this.drawUnits(moment);
    this.drawMarked();
  }

  moment(loop) {
    const { frames } = this.episode;
    const number = this.episode.frameAt(loop);
    const [frame, next] = [frames[number], frames[number + 1] ?? null];
    const share = next ? clamp((loop - frame.loop) / (next.loop - frame.loop || 1), 0, 1) : 0;
    return { number, frame, next, before: frames[number - 1] ?? null, share };
  }

  /** Work out where each unit is on the screen, ground below air, buildings below all. */
  placeUnits({ frame, next, share }) {
    const layers = { mineral: 0, gas: 0, thing: 0, structure: 1, ground: 2, air: 3 };
    this.places = [];
    this.placeOf = new Map();
    for (const row of frame.rows) {
      if (!row) continue;
      const kind = this.episode.kindOf(row);
      const [x, y] = this.toScreen(...this.glide(row, next?.rows[row[COLUMN.UNIT]], share));
      const radius = Math.max(2.5, kind.radius_cells * this.scale * (kind.form === "structure" ? 0.95 : 0.86));
      const place = { unit: row[COLUMN.UNIT], row, kind, x, y, radius, layer: layers[kind.form] ?? 2 };
      this.places.push(place);
      this.placeOf.set(place.unit, place);
    }
    this.places.sort((a, b) => a.layer - b.layer);
  }

  glide(row, later, share) {
    const [x, y] = [row[COLUMN.X] / 100, row[COLUMN.Y] / 100];
    if (!later || share === 0) return [x, y];
    const [right, up] = [later[COLUMN.X] / 100 - x, later[COLUMN.Y] / 100 - y];
    if (Math.hypot(right, up) > LONGEST_GLIDE_CELLS) return [x, y];
    return [x + right * share, y + up * share];
  }
}
