// The layers of the map, from the ground up.

Object.assign(MapView.prototype, {
  drawGround() {
    const { context, episode } = this;
    this.ground ??= this.paintGround();
    const [, height] = episode.start.map_size_cells;
    const [left, top] = this.toScreen(0, height);
    context.imageSmoothingEnabled = this.scale < CELL_PX;
    context.drawImage(this.ground, left, top, (this.ground.width / CELL_PX) * this.scale,
      (this.ground.height / CELL_PX) * this.scale);
    this.drawGrid();
  },

  /** Paint the terrain once: a row of the trace is a row of cells, the top one first. */
  paintGround() {
    const { map_size_cells: [width, height], terrain } = this.episode.start;
    const canvas = make("canvas", { width: width * CELL_PX, height: height * CELL_PX });
    const context = canvas.getContext("2d");
    context.fillStyle = this.color("map-ground");
    context.fillRect(0, 0, canvas.width, canvas.height);
    const isWall = (row, column) => terrain[row]?.[column] === "#";
    terrain.forEach((line, row) => {
      for (let column = 0; column < line.length; column += 1) {
        if (!isWall(row, column)) continue;
        const [x, y] = [column * CELL_PX, row * CELL_PX];
        context.fillStyle = this.color("map-wall");
        context.fillRect(x, y, CELL_PX, CELL_PX);
        context.fillStyle = this.color("map-edge");
        if (terrain[row + 1] && !isWall(row + 1, column)) context.fillRect(x, y + CELL_PX - 2, CELL_PX, 2);
        if (row > 0 && !isWall(row - 1, column)) context.fillRect(x, y, CELL_PX, 1);
        if (column > 0 && !isWall(row, column - 1)) context.fillRect(x, y, 1, CELL_PX);
        if (column + 1 < line.length && !isWall(row, column + 1)) context.fillRect(x + CELL_PX - 1, y, 1, CELL_PX);
      }
    });
    return canvas;
  },

  /** Draw lines with the coordinates in which agents read and answer. */
  drawGrid() {
    const { context } = this;
    const { map_size_cells: [mapWidth, mapHeight] } = this.episode.start;
    const step = [2, 4, 8, 16, 32].find((cells) => cells * this.scale >= 46) ?? 64;
    context.font = `10px ${this.color("sans")}`;
    context.fillStyle = this.color("soft");
    context.strokeStyle = this.color("map-grid");
    context.lineWidth = 1;
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.beginPath();
    for (let x = 0; x <= mapWidth; x += step) {
      const [left, top] = this.toScreen(x, mapHeight);
      const bottom = this.toScreen(x, 0)[1];
      context.moveTo(left, Math.max(0, top));
      context.lineTo(left, Math.min(this.height, bottom));
      if (left > 16) context.fillText(String(x), left + 3, Math.min(this.height, bottom) - 4);
    }
    for (let y = 0; y <= mapHeight; y += step) {
      const [left, up] = this.toScreen(0, y);
      const right = this.toScreen(mapWidth, y)[0];
      context.moveTo(Math.max(0, left), up);
      context.lineTo(Math.min(this.width, right), up);
      if (up < this.height - 16) context.fillText(String(y), Math.max(0, left) + 3, up - 3);
    }
    context.stroke();
  },

  /** Darken what a side's units do not reach with their sight; cliffs and high ground are not considered. */
  drawSight() {
    const side = { own: "s", enemy: "e" }[this.shows.sight];
    if (!side) return;
    this.veil ??= document.createElement("canvas");
    const { veil } = this;
    [veil.width, veil.height] = [Math.ceil(this.width), Math.ceil(this.height)];
    const context = veil.getContext("2d");
    context.fillStyle = this.color("map-fog");
    context.fillRect(0, 0, veil.width, veil.height);
    context.globalCompositeOperation = "destination-out";
    context.fillStyle = "#000";
    for (const place of this.places) {
      if (place.kind.side !== side || !place.kind.sight_cells) continue;
      context.beginPath();
      context.arc(place.x, place.y, place.kind.sight_cells * this.scale, 0, 2 * Math.PI);
      context.fill();
    }
    this.context.drawImage(veil, 0, 0, this.width, this.height);
  },

  drawEffects(frame) {
    const { context } = this;
    for (const [name, side, radius, positions] of frame.effects) {
      for (const [x, y] of positions) {
        const [left, top] = this.toScreen(x, y);
        context.beginPath();
        context.arc(left, top, Math.max(4, radius * this.scale), 0, 2 * Math.PI);
        context.save();
        context.globalAlpha = 0.22;
        context.fillStyle = this.color(SIDE_COLORS[side] ?? "neutral");
        context.fill();
        context.restore();
        context.strokeStyle = this.color(SIDE_COLORS[side] ?? "neutral");
        context.lineWidth = 1.5;
        context.stroke();
        this.write(name, left, top, "soft");
      }
    }
  },

  drawDeaths(loop) {
    const { episode } = this;
    for (let number = episode.frameAt(loop); number >= 0; number -= 1) {
      const frame = episode.frames[number];
      if (loop - frame.loop > DEATH_SHOWN_LOOPS) return;
      for (const unit of frame.dead) {
        const row = episode.frames[number - 1]?.rows[unit];
        if (!row) continue;
        const kind = episode.kindOf(row);
        const [x, y] = this.toScreen(row[COLUMN.X] / 100, row[COLUMN.Y] / 100);
        const style = this.color(SIDE_COLORS[kind.side] ?? "neutral");
        drawDeath(this.context, x, y, Math.max(4, kind.radius_cells * this.scale), style,
          (loop - frame.loop) / DEATH_SHOWN_LOOPS);
      }
    }
  },

  drawOrders(frame) {
    for (const place of this.places) {
      const { row } = place;
      if (row[COLUMN.ABILITY] < 0 || row[COLUMN.TARGET] < 0) continue;
      if (this.shows.attacks && row[COLUMN.ENGAGED] === row[COLUMN.TARGET]) continue;
      const to = this.orderEnd(row);
      if (!to || Math.hypot(to[0] - place.x, to[1] - place.y) < place.radius) continue;
      const isMarked = place.unit === this.selected || place.unit === this.hovered;
      this.context.globalAlpha = isMarked ? 0.95 : 0.4;
      drawArrow(this.context, [place.x, place.y], to, this.color(SIDE_COLORS[place.kind.side] ?? "neutral"),
        isMarked ? 2 : 1.2, [4, 4]);
      this.context.globalAlpha = 1;
    }
  },

  orderEnd(row) {
    if (row[COLUMN.TARGET_Y] >= 0) return this.toScreen(row[COLUMN.TARGET] / 100, row[COLUMN.TARGET_Y] / 100);
    const target = this.placeOf.get(row[COLUMN.TARGET]);
    return target ? [target.x, target.y] : null;
  },

  /** Draw who is attacking whom, and who was hurt since the last frame. */
  drawAttacks({ frame, before, share }) {
    const { context } = this;
    for (const place of this.places) {
      const target = this.placeOf.get(place.row[COLUMN.ENGAGED]);
      if (target) this.drawAttack(place, target, this.episode.isHelping(place.row, frame));
      const last = before?.rows[place.unit];
      if (!last) continue;
      const hurt = last[COLUMN.HEALTH] + last[COLUMN.SHIELD] - place.row[COLUMN.HEALTH] - place.row[COLUMN.SHIELD];
      if (hurt <= 0) continue;
      context.save();
      context.globalAlpha = 0.85 * (1 - share * 0.7);
      context.strokeStyle = this.color("health-low");
      context.lineWidth = 2.5;
      context.beginPath();
      context.arc(place.x, place.y, place.radius * 1.75 + 3, 0, 2 * Math.PI);
      context.stroke();
      context.restore();
    }
  },

  drawAttack(place, target, isHelp) {
    const { context } = this;
    const angle = Math.atan2(target.y - place.y, target.x - place.x);
    const from = [place.x + Math.cos(angle) * place.radius, place.y + Math.sin(angle) * place.radius];
    const to = [target.x - Math.cos(angle) * target.radius, target.y - Math.sin(angle) * target.radius];
    context.save();
    context.globalAlpha = 0.8;
    const name = isHelp ? "health-high" : SIDE_COLORS[place.kind.side] ?? "neutral";
    drawArrow(context, from, to, this.color(name), 2, []);
    context.restore();
  },

  drawUnits({ next, share }) {
    for (const place of this.places) {
      const { row, kind, unit } = place;
      const look = {
        form: kind.form,
        color: kind.form === "mineral" || kind.form === "gas" ? kind.form : SIDE_COLORS[kind.side] ?? "neutral",
        label: this.shows.names ? shortName(this.episode.units[unit].name) : "",
        health: kind.health_max ? row[COLUMN.HEALTH] / 10 / kind.health_max : 1,
        shield: kind.shield_max ? row[COLUMN.SHIELD] / 10 / kind.shield_max : null,
        built: row[COLUMN.PROGRESS] / 100,
        facing: !this.episode.hasFacing ? null : this.turn(row, next?.rows[unit], share),
        faded: (row[COLUMN.MARKS] & 0b11110) !== 0,
      };
      drawGlyph(this.context, place.x, place.y, place.radius, look, this.color);
    }
  },

  turn(row, later, share) {
    const from = row[COLUMN.FACING] / 100;
    if (!later) return from;
    const by = ((later[COLUMN.FACING] / 100 - from + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
    return from + by * share;
  },

  /** Draw the rings of the selected unit, and the name of the one under the pointer. */
  drawMarked() {
    const { context } = this;
    const chosen = this.placeOf.get(this.selected);
    if (chosen) {
      const { radius_cells: body, range_cells: range, sight_cells: sight } = chosen.kind;
      this.drawRing(chosen, chosen.radius * 1.9 + 4, "map-ink", 2, []);
      if (range) this.drawRing(chosen, (range + body) * this.scale, "enemy", 1, [6, 4]);
      if (sight) this.drawRing(chosen, sight * this.scale, "soft", 1, [2, 5]);
    }
    const over = this.placeOf.get(this.hovered);
    if (over) this.write(`${this.episode.units[over.unit].name} ${over.kind.type}`, over.x, over.y - over.radius * 2 - 8, "map-ink");
    context.setLineDash([]);
  },

  drawRing(place, radius, name, width, dashes) {
    const { context } = this;
    context.setLineDash(dashes);
    context.strokeStyle = this.color(name);
    context.lineWidth = width;
    context.beginPath();
    context.arc(place.x, place.y, radius, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  },

  write(text, x, y, name) {
    const { context } = this;
    context.font = `600 11px ${this.color("sans")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = 3;
    context.strokeStyle = this.color("map-ground");
    context.strokeText(text, x, y);
    context.fillStyle = this.color(name);
    context.fillText(text, x, y);
  },
});

/** Return a unit's short id as it stands in its glyph, nothing for one that has none. */
function shortName(name) {
  if (name.startsWith("0x")) return "";
  return /^[ean][A-Z]/.test(name) ? name.slice(1) : name;
}
