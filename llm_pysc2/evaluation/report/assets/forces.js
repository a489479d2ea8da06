// The list of what both sides have at a moment: a row for each unit, or for each type where there are many.

const ROWS_PER_SIDE = 26;

class Forces {
  constructor(episode, onPick) {
    this.episode = episode;
    this.onPick = onPick;
    this.selected = -1;
    this.sides = ["s", "e"].map((side) => this.makeSide(side));
    this.bank = make("p.bank.soft");
    this.element = make("section.forces", { "aria-label": "Forces" }, this.bank, this.sides.map((side) => side.element));
  }

  makeSide(side) {
    const total = make("span.total");
    const rows = make("div.rows");
    const name = { s: "Own", e: "Enemy" }[side];
    const element = make("div.side", {}, make(`h2.${SIDE_COLORS[side]}`, {}, `${name} `, total), rows);
    return { side, total, rows, pool: [], element };
  }

  render(frame) {
    this.renderBank(frame.resources);
    for (const each of this.sides) {
      const members = frame.rows.filter((row) => row && this.episode.kindOf(row).side === each.side);
      const { strength } = frame.sides[each.side];
      each.total.textContent = members.length ? `${members.length} · ${count(strength)} hp` : "none in sight";
      const lines = members.length > ROWS_PER_SIDE ? this.linesByType(members) : this.linesByUnit(members, frame);
      this.fill(each, lines);
    }
  }

  renderBank(resources) {
    const parts = [];
    if (resources.minerals !== undefined || resources.vespene !== undefined) {
      parts.push(`${count(resources.minerals ?? 0)} minerals`, `${count(resources.vespene ?? 0)} vespene`);
    }
    if (resources.supply_cap) parts.push(`${resources.supply_used ?? 0}/${resources.supply_cap} supply`);
    this.bank.textContent = parts.join(" · ");
    this.bank.classList.toggle("hidden", !parts.length);
  }

  linesByUnit(members, frame) {
    return members.map((row) => {
      const kind = this.episode.kindOf(row);
      const unit = this.episode.units[row[COLUMN.UNIT]];
      return { unit: unit.number, name: unit.name, type: kind.type, order: this.episode.orderOf(row, frame),
        place: `${(row[COLUMN.X] / 100).toFixed(1)}, ${(row[COLUMN.Y] / 100).toFixed(1)}`, health: row[COLUMN.HEALTH] / 10,
        health_max: kind.health_max, shield: row[COLUMN.SHIELD] / 10, shield_max: kind.shield_max,
        built: row[COLUMN.PROGRESS] / 100 };
    });
  }

  linesByType(members) {
    const groups = new Map();
    for (const row of members) {
      const kind = this.episode.kindOf(row);
      const line = groups.get(kind.type) ?? { unit: row[COLUMN.UNIT], members: 0, type: kind.type, order: "", place: "",
        health: 0, health_max: 0, shield: 0, shield_max: 0, built: 1 };
      line.members += 1;
      line.health += row[COLUMN.HEALTH] / 10;
      line.health_max += kind.health_max;
      line.shield += row[COLUMN.SHIELD] / 10;
      line.shield_max += kind.shield_max;
      groups.set(kind.type, line);
    }
    return [...groups.values()].map((line) => ({ ...line, name: `${line.members} ×` }));
  }

  /** Write the lines into rows that are kept and used again. */
  fill(side, lines) {
    while (side.pool.length < lines.length) {
      const row = this.makeRow();
      side.pool.push(row);
      side.rows.append(row.element);
    }
    side.pool.forEach((row, place) => {
      row.element.classList.toggle("hidden", place >= lines.length);
      if (place < lines.length) this.write(row, lines[place]);
    });
  }

  makeRow() {
    const row = { name: make("b"), type: make("span.type"), hp: make("span.hp"), health: make("i.health"),
      shield: make("i.shield"), order: make("span.order") };
    row.element = make("button.unit", { onclick: () => this.onPick(row.unit) }, row.name, row.type, row.hp,
      make("span.bar", {}, row.health, row.shield), row.order);
    return row;
  }

  write(row, line) {
    row.unit = line.unit;
    const whole = line.health_max + line.shield_max || 1;
    setText(row.name, line.name);
    setText(row.type, line.type);
    setText(row.hp, line.built < 1 ? percent(line.built) : count(line.health) + (line.shield_max ? `+${count(line.shield)}` : ""));
    setText(row.order, line.order);
    row.health.style.width = `${(100 * line.health) / whole}%`;
    row.health.className = `health ${healthWord(line.health / (line.health_max || 1))}`;
    row.shield.style.width = `${(100 * line.shield) / whole}%`;
    row.element.setAttribute("aria-pressed", line.unit === this.selected);
    row.element.setAttribute("aria-label", `${line.name} ${line.type}${line.place && ` at ${line.place}`}, health ` +
      `${count(line.health)} of ${count(line.health_max)}, shield ${count(line.shield)} of ${count(line.shield_max)}` +
      (line.order && `, ${line.order}`));
  }
}

function healthWord(share) {
  if (share > 0.6) return "high";
  return share > 0.3 ? "mid" : "low";
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
