// Units as signs on a canvas: form tells what it is, colour whose, rings how well it is.

const SIDE_COLORS = { s: "own", e: "enemy", a: "ally", n: "neutral" };

/** Draw one unit at a place in pixels; `look` has form, color, label, health, shield, built (shares), facing, faded. */
function drawGlyph(context, x, y, radius, look, color) {
  context.save();
  context.globalAlpha *= look.faded ? 0.45 : 1;
  drawNose(context, x, y, radius, look, color);
  traceForm(context, look.form, x, y, radius);
  context.fillStyle = color(look.color);
  context.globalAlpha *= look.built < 1 ? 0.35 + 0.4 * look.built : 1;
  context.fill();
  context.lineWidth = Math.max(1, radius * 0.12);
  context.strokeStyle = color("map-ground");
  context.stroke();
  context.restore();
  if (look.color === "mineral" || look.color === "gas" || look.color === "neutral") return;
  drawRings(context, x, y, radius, look, color);
  if (radius >= 7 && look.label) drawLabel(context, x, y, radius, look, color);
}

function traceForm(context, form, x, y, radius) {
  context.beginPath();
  if (form === "structure") {
    const side = radius * 0.92;
    context.roundRect(x - side, y - side, 2 * side, 2 * side, radius * 0.22);
  } else if (form === "air") {
    for (let corner = 0; corner < 4; corner += 1) {
      const angle = (corner * Math.PI) / 2;
      context.lineTo(x + Math.sin(angle) * radius * 1.2, y - Math.cos(angle) * radius * 1.2);
    }
    context.closePath();
  } else if (form === "mineral") {
    context.moveTo(x - radius * 0.9, y);
    context.lineTo(x - radius * 0.35, y - radius * 0.5);
    context.lineTo(x + radius * 0.9, y);
    context.lineTo(x + radius * 0.35, y + radius * 0.5);
    context.closePath();
  } else {
    context.arc(x, y, form === "gas" ? radius * 0.8 : radius, 0, 2 * Math.PI);
  }
}

/** Draw which way a unit faces, outside its rings. */
function drawNose(context, x, y, radius, look, color) {
  if (look.facing === null || radius < 5 || !FIGHTING_FORMS.has(look.form)) return;
  const angle = -look.facing;
  const inner = radius + ringWidth(radius) * (look.shield === null ? 1.6 : 2.7);
  const [reach, spread] = [inner + radius * 0.42, 0.3];
  context.beginPath();
  context.moveTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  context.lineTo(x + Math.cos(angle - spread) * inner, y + Math.sin(angle - spread) * inner);
  context.lineTo(x + Math.cos(angle + spread) * inner, y + Math.sin(angle + spread) * inner);
  context.closePath();
  context.fillStyle = color(look.color);
  context.fill();
}

function ringWidth(radius) {
  return clamp(radius * 0.2, 1.5, 4);
}

function drawRings(context, x, y, radius, look, color) {
  const width = ringWidth(radius);
  const health = radius + width * 0.9;
  if (look.form === "structure") {
    drawBar(context, x, y - radius - width * 2, radius, look, color);
    return;
  }
  drawArc(context, x, y, health, width, look.health, healthColor(look.health, color), color);
  if (look.shield !== null) drawArc(context, x, y, health + width * 1.15, width * 0.8, look.shield, color("shield"), color);
}

function drawArc(context, x, y, radius, width, share, style, color) {
  const start = -Math.PI / 2;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = color("map-fog");
  context.globalAlpha = 0.35;
  context.stroke();
  context.globalAlpha = 1;
  if (share <= 0) return;
  context.beginPath();
  context.arc(x, y, radius, start, start + share * 2 * Math.PI);
  context.strokeStyle = style;
  context.stroke();
}

function drawBar(context, x, y, half, look, color) {
  const height = clamp(half * 0.12, 2, 4);
  const bars = [[look.health, healthColor(look.health, color)]];
  if (look.shield !== null) bars.unshift([look.shield, color("shield")]);
  bars.forEach(([share, style], line) => {
    context.fillStyle = color("map-fog");
    context.fillRect(x - half, y + line * (height + 1), 2 * half, height);
    context.fillStyle = style;
    context.fillRect(x - half, y + line * (height + 1), 2 * half * share, height);
  });
}

function healthColor(share, color) {
  if (share > 0.6) return color("health-high");
  return color(share > 0.3 ? "health-mid" : "health-low");
}

function drawLabel(context, x, y, radius, look, color) {
  const room = { air: 2, structure: 1.9 }[look.form] ?? 2.5;
  const size = Math.min(radius * 0.95, (radius * room) / look.label.length, 15);
  if (size < 6) return;
  context.font = `650 ${size}px ${color("sans")}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = color("glyph-ink");
  context.fillText(look.label, x, y + size * 0.05);
}

/** Draw where a unit died, `age` from 0 (now) to 1 (long ago). */
function drawDeath(context, x, y, radius, style, age) {
  const size = radius * (0.8 + 0.5 * age);
  context.save();
  context.globalAlpha = 0.9 * (1 - age);
  context.strokeStyle = style;
  context.lineWidth = Math.max(2, radius * 0.25);
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
  context.restore();
}

function drawArrow(context, from, to, style, width, dashes) {
  context.save();
  context.strokeStyle = style;
  context.fillStyle = style;
  context.lineWidth = width;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.setLineDash([]);
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const head = 3 + width * 2;
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(to[0] - head * Math.cos(angle - 0.45), to[1] - head * Math.sin(angle - 0.45));
  context.lineTo(to[0] - head * Math.cos(angle + 0.45), to[1] - head * Math.sin(angle + 0.45));
  context.closePath();
  context.fill();
  context.restore();
}
