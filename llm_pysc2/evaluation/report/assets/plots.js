// Plots of the index, as SVG. Every figure in them also stands in a table.

const PALETTE_SIZE = 8;
const ROW_PX = 24;

/** Return the class that colours the n-th of several things. */
function colorClass(number) {
  return `c${(number % PALETTE_SIZE) + 1}`;
}

function svgText(x, y, text, style = "", anchor = "start") {
  return makeSvg(`text${style ? `.${style}` : ""}`, { x, y, "text-anchor": anchor }, text);
}

function frame(width, height, label, children) {
  return makeSvg("svg.plot", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, style: null }, children);
}

/**
 * Return a plot with a line for each row: a dot, and a whisker where there is an interval.
 * `point(row)` gives {value, low, high, text}; `axis` gives low, high, ticks, show(tick) and whether it is logarithmic.
 */
function dotPlot({ rows, label, name, color, point, axis }) {
  const [width, left, right] = [640, 272, 108];
  const height = rows.length * ROW_PX + 34;
  const scale = axis.log ? Math.log : (value) => value;
  const toX = (value) => {
    const share = (scale(clamp(value, axis.low, axis.high)) - scale(axis.low)) / (scale(axis.high) - scale(axis.low));
    return left + share * (width - left - right);
  };
  const parts = axis.ticks.flatMap((tick) => [
    makeSvg("line.grid", { x1: toX(tick), x2: toX(tick), y1: 4, y2: height - 24 }),
    svgText(toX(tick), height - 8, axis.show(tick), "tick", "middle"),
  ]);
  rows.forEach((row, place) => {
    const y = place * ROW_PX + ROW_PX / 2 + 4;
    const { value, low, high, text } = point(row);
    const style = colorClass(color(row));
    const group = makeSvg(`g.${style}`, {}, makeSvg("title", {}, `${name(row)}: ${text}`),
      svgText(left - 10, y + 4, shorten(name(row), 40), "name", "end"));
    if (low !== undefined) group.append(makeSvg("line.whisker", { x1: toX(low), x2: toX(high), y1: y, y2: y }));
    const isBeyond = value < axis.low || value > axis.high;
    if (value !== null) group.append(makeSvg(`circle.${isBeyond ? "ring" : "dot"}`, { cx: toX(value), cy: y, r: isBeyond ? 4 : 5 }));
    group.append(svgText(width - right + 12, y + 4, text, "value"));
    parts.push(group);
  });
  return frame(width, height, label, parts);
}

/** Return a plot of cost against win rate; points have name, cost, rate, low, high, color. */
function costPlot(points) {
  const [width, height, left, right, top, bottom] = [620, 340, 52, 30, 14, 44];
  const costs = points.map(({ cost }) => cost).filter((cost) => cost > 0);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const isLog = most / least > 12;
  const range = isLog ? [least / 1.6, most * 1.6] : [0, most * 1.15];
  const scale = isLog ? (cost) => Math.log(Math.max(cost, range[0])) : (cost) => cost;
  const toX = (cost) => left + ((scale(cost) - scale(range[0])) / (scale(range[1]) - scale(range[0]))) * (width - left - right);
  const toY = (rate) => top + (1 - rate) * (height - top - bottom);
  const parts = [0, 0.25, 0.5, 0.75, 1].flatMap((rate) => [
    makeSvg("line.grid", { x1: left, x2: width - right, y1: toY(rate), y2: toY(rate) }),
    svgText(left - 8, toY(rate) + 4, percent(rate), "tick", "end"),
  ]);
  for (const cost of isLog ? decades(...range) : steps(range[1], 5)) {
    parts.push(makeSvg("line.grid", { x1: toX(cost), x2: toX(cost), y1: top, y2: height - bottom }),
      svgText(toX(cost), height - bottom + 16, dollars(cost), "tick", "middle"));
  }
  parts.push(svgText((left + width - right) / 2, height - 8, "US dollars an episode (list prices)", "tick", "middle"));
  for (const point of points) parts.push(costPoint(point, toX, toY, width - right));
  return frame(width, height, "Cost of an episode against win rate", parts);
}

function costPoint({ name, cost, rate, low, high, color }, toX, toY, edge) {
  const [x, y] = [toX(cost), toY(rate)];
  const isLate = x > edge - 150;
  const text = `${name}: ${percent(rate)} at ${dollars(cost)} an episode`;
  return makeSvg(`g.${colorClass(color)}`, {}, makeSvg("title", {}, text),
    makeSvg("line.whisker", { x1: x, x2: x, y1: toY(low), y2: toY(high) }), makeSvg("circle.dot", { cx: x, cy: y, r: 6 }),
    svgText(x + (isLate ? -10 : 10), y - 8, shorten(name, 34), "name", isLate ? "end" : "start"));
}

function decades(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of [1, 3]) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** Return about so many round numbers from 0 to `most`. */
function steps(most, wanted) {
  const raw = most / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= raw);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, place) => place * step);
}

/** Return stacked bars; rows have name, total and parts {cause: count}; causes give order and colours. */
function stackedBars(rows, causes, label) {
  const [width, left, right] = [640, 272, 108];
  const height = rows.length * ROW_PX + 34;
  const most = Math.max(0.01, ...rows.map((row) => sum(Object.values(row.parts)) / (row.total || 1)));
  const toX = (share) => left + (share / most) * (width - left - right);
  const parts = steps(most, 4).flatMap((share) => [
    makeSvg("line.grid", { x1: toX(share), x2: toX(share), y1: 4, y2: height - 24 }),
    svgText(toX(share), height - 8, percent(share, most < 0.05 ? 1 : 0), "tick", "middle"),
  ]);
  rows.forEach((row, place) => {
    const y = place * ROW_PX + 7;
    let done = 0;
    parts.push(svgText(left - 10, y + 12, shorten(row.name, 40), "name", "end"));
    for (const cause of causes) {
      const number = row.parts[cause] ?? 0;
      if (!number) continue;
      const [from, to] = [done / row.total, (done + number) / row.total];
      parts.push(makeSvg(`rect.${colorClass(causes.indexOf(cause))}`, { x: toX(from), y, width: Math.max(1, toX(to) - toX(from)),
        height: ROW_PX - 9 }, makeSvg("title", {}, `${cause}: ${count(number)} of ${count(row.total)} actions`)));
      done += number;
    }
    const text = done ? `${percent(done / row.total, 1)} (${count(done)})` : "none";
    parts.push(svgText(width - right + 12, y + 12, text, "value"));
  });
  return frame(width, height, label, parts);
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
