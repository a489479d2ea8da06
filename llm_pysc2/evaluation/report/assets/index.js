// The index of a report: what was played, how it went, and where to look closer.

const data = readData();
const models = [...new Set(data.summary.map((row) => row.model))];
const scenarios = [...new Set(data.summary.map((row) => row.scenario))];
data.summary.sort((a, b) => scenarios.indexOf(a.scenario) - scenarios.indexOf(b.scenario)
  || models.indexOf(a.model) - models.indexOf(b.model));
const rosters = [...new Set(data.episodes.map((row) => row.roster))];
const nameOf = (row) => (scenarios.length > 1 ? `${row.scenario} · ${row.model}` : row.model);
const colorOf = (row) => models.indexOf(row.model);
const ratioText = (ratio) => (ratio === null ? "∞" : ratio.toFixed(2));
const clockOf = (loops) => clock(loops, data.loops_per_second);
const hasTokens = data.summary.some((row) => row.output_tokens > 0);

function headline() {
  const { episodes } = data;
  const tally = (result) => episodes.filter((row) => row.result === result).length;
  const rows = data.summary;
  const priced = rows.filter((row) => row.cost_usd !== null && row.output_tokens > 0);
  const figures = [
    ["episodes", count(episodes.length)], ["won", count(tally("win"))], ["tied", count(tally("tie"))], ["lost", count(tally("loss"))],
    tally("fault") && ["faults", count(tally("fault"))], tally("cut off") && ["cut off", count(tally("cut off"))],
    hasTokens && ["tokens in", count(sum(rows.map((row) => row.input_tokens)))],
    hasTokens && ["tokens out", count(sum(rows.map((row) => row.output_tokens)))],
    priced.length && [rows.some((row) => row.unpriced.length) ? "known cost" : "cost", dollars(sum(priced.map((row) => row.cost_usd)))],
  ].filter(Boolean);
  const games = [...new Set(episodes.map((row) => row.game))].join(", ");
  const facts = [games && `played on ${games}`, data.started_at && `from ${data.started_at.replace("T", " ").replace("+00:00", " UTC")}`,
    `llm-pysc2 ${data.version}`].filter(Boolean).join(" · ");
  return make("header.head", {}, make("h1", {}, data.run), make("p.soft", {}, facts),
    make("dl.figures", {}, figures.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))));
}

function rateCell(row) {
  const [low, high] = row.win_interval;
  const toX = (share) => 4 + share * 112;
  const bar = makeSvg(`svg.rate.${colorClass(colorOf(row))}`, { viewBox: "0 0 120 14", "aria-hidden": "true" },
    makeSvg("line.grid", { x1: toX(0), x2: toX(1), y1: 7, y2: 7 }),
    makeSvg("line.whisker", { x1: toX(low), x2: toX(high), y1: 7, y2: 7 }), makeSvg("circle.dot", { cx: toX(row.win_rate), cy: 7, r: 4 }));
  return row.episodes ? [bar, make("b", {}, percent(row.win_rate)), make("span.soft", {}, ` ${percent(low)}–${percent(high)}`)] : "–";
}

const asked = (row) => row.accepted + row.rejected;
const rejectedShare = (row) => (asked(row) ? row.rejected / asked(row) : null);

function summaryTable() {
  const columns = [
    { title: "scenario", value: (row) => row.scenario },
    { title: "model", value: (row) => row.model },
    rosters.length > 1 && { title: "roster", value: (row) => row.roster },
    { title: "W / T / L", number: true, value: (row) => row.wins, hint: "won, tied, lost",
      cell: (row) => `${row.wins} / ${row.ties} / ${row.losses}${row.faults ? ` +${row.faults} faults` : ""}` },
    { title: "win rate, 95 %", value: (row) => row.win_rate, cell: rateCell, hint: "Wilson interval" },
    { title: "kill / loss", number: true, value: (row) => row.kill_loss_ratio ?? Infinity, cell: (row) => ratioText(row.kill_loss_ratio),
      hint: "minerals and twice the vespene killed, over those lost" },
    { title: "rejected", number: true, value: rejectedShare, cell: (row) => (asked(row) ? percent(rejectedShare(row), 1) : "–"),
      hint: "share of all actions" },
    { title: "no answer", number: true, value: (row) => row.failures, cell: (row) => count(row.failures) },
    { title: "game time", number: true, value: (row) => row.mean_game_loops, cell: (row) => clockOf(row.mean_game_loops), hint: "mean of an episode" },
    hasTokens && { title: "tokens in / out", number: true, value: (row) => row.input_tokens,
      hint: "of all episodes",
      cell: (row) => `${brief(row.input_tokens)} / ${brief(row.output_tokens)}` },
    hasTokens && { title: "$ an episode", number: true, value: (row) => row.cost_usd_per_episode, hint: "by list prices",
      cell: (row) => (row.cost_usd_per_episode === null ? "unknown" : dollars(row.cost_usd_per_episode)) },
    hasTokens && { title: "latency p50 / p95", number: true, value: (row) => row.latency_p50_seconds,
      cell: (row) => `${row.latency_p50_seconds.toFixed(1)} / ${row.latency_p95_seconds.toFixed(1)} s` },
    { title: "damage dealt / taken", number: true, value: (row) => row.damage_dealt, hint: "mean of an episode",
      cell: (row) => `${count(row.damage_dealt)} / ${count(row.damage_taken)}` },
  ];
  return makeTable(columns.filter(Boolean), data.summary, "Scores").element;
}

function winPlot() {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return dotPlot({ rows: data.summary, label: "Win rates with 95 % intervals", name: nameOf, color: colorOf,
    axis: { low: 0, high: 1, ticks, show: (tick) => percent(tick) },
    point: (row) => ({ value: row.episodes ? row.win_rate : null, low: row.win_interval[0], high: row.win_interval[1],
      text: row.episodes ? `${percent(row.win_rate)} of ${row.episodes}` : "none played" }) });
}

function ratioPlot() {
  const ticks = [0.1, 0.3, 1, 3, 10];
  return dotPlot({ rows: data.summary, label: "Value killed over value lost", name: nameOf, color: colorOf,
    axis: { low: 0.1, high: 10, ticks, log: true, show: String },
    point: (row) => ({ value: row.episodes ? row.kill_loss_ratio ?? Infinity : null, text: ratioText(row.kill_loss_ratio) }) });
}

function costSection() {
  const rows = data.summary.filter((row) => row.output_tokens > 0 && row.cost_usd_per_episode > 0 && row.episodes);
  const unpriced = [...new Set(data.summary.flatMap((row) => row.unpriced))];
  const why = unpriced.length ? `No price is known for ${unpriced.join(", ")}; a price can be given in a pack's agents/models/prices.toml.`
    : "No model that costs money has played.";
  if (!rows.length) return make("p.soft", {}, why);
  const points = rows.map((row) => ({ name: nameOf(row), cost: row.cost_usd_per_episode, rate: row.win_rate,
    low: row.win_interval[0], high: row.win_interval[1], color: colorOf(row) }));
  return make("div", {}, costPlot(points), unpriced.length ? make("p.soft", {}, why) : null);
}

function rejectedSection() {
  const rows = models.map((model) => {
    const mine = data.summary.filter((row) => row.model === model);
    const parts = {};
    for (const row of mine) for (const [cause, number] of Object.entries(row.causes)) parts[cause] = (parts[cause] ?? 0) + number;
    return { name: model, parts, total: sum(mine.map(asked)) };
  });
  const totals = {};
  for (const row of rows) for (const [cause, number] of Object.entries(row.parts)) totals[cause] = (totals[cause] ?? 0) + number;
  const causes = Object.keys(totals).sort((a, b) => totals[b] - totals[a]);
  if (!causes.length) return make("p.soft", {}, "No action was rejected.");
  const legend = make("ul.legend", {}, causes.map((cause, place) => make("li", {}, make(`i.${colorClass(place)}`), `${cause} `,
    make("span.soft", {}, count(totals[cause])))));
  return make("div", {}, stackedBars(rows, causes, "Rejected actions by cause, share of all actions"), legend);
}

function episodeTable() {
  const columns = [
    { title: "result", value: (row) => row.result,
      cell: (row) => make("a", { href: row.page, title: row.reason }, make(`span.badge.${row.result === "cut off" ? "cut" : row.result}`, {}, row.result)) },
    { title: "scenario", value: (row) => row.scenario, cell: (row) => make("a", { href: row.page }, row.scenario) },
    { title: "model", value: (row) => row.model },
    rosters.length > 1 && { title: "roster", value: (row) => row.roster },
    { title: "seed", number: true, value: (row) => row.seed },
    { title: "game time", number: true, value: (row) => row.game_loops, cell: (row) => (row.game_loops === undefined ? "–" : clockOf(row.game_loops)) },
    { title: "turns", number: true, value: (row) => row.turns, cell: (row) => row.turns ?? "–" },
    { title: "left, own / enemy", number: true, value: (row) => row.own_units - row.enemy_units,
      cell: (row) => (row.own_units === undefined ? "–" : `${row.own_units} / ${row.enemy_units}`) },
    { title: "kill / loss", number: true, value: (row) => row.kill_loss_ratio ?? Infinity,
      cell: (row) => (row.kill_loss_ratio === undefined ? "–" : ratioText(row.kill_loss_ratio)) },
    { title: "actions", number: true, value: (row) => row.accepted, cell: (row) => (row.accepted === undefined ? "–" : count(row.accepted)) },
    { title: "rejected", number: true, value: (row) => sum(Object.values(row.rejected ?? {})), cell: (row) => count(sum(Object.values(row.rejected ?? {}))) },
    { title: "no answer", number: true, value: (row) => sum(Object.values(row.failures ?? {})), cell: (row) => count(sum(Object.values(row.failures ?? {}))) },
    hasTokens && { title: "cost", number: true, value: (row) => row.cost_usd, cell: (row) => (row.cost_usd === null ? "unknown" : dollars(row.cost_usd)) },
    data.episodes.some((row) => row.notes.length) && { title: "notes", value: (row) => row.notes.join(" ") },
  ];
  const table = makeTable(columns.filter(Boolean), data.episodes, "Episodes");
  return make("div", {}, episodeFilters(table), table.element);
}

function episodeFilters(table) {
  const select = (name, key) => {
    const values = [...new Set(data.episodes.map((row) => row[key]))];
    const element = make("select", { "aria-label": name, onchange: apply },
      make("option", { value: "" }, `all ${name}`), values.map((value) => make("option", { value }, value)));
    return { key, element: values.length > 1 ? element : null };
  };
  const selects = [select("results", "result"), select("scenarios", "scenario"), select("models", "model"), select("rosters", "roster")];
  const status = make("span.soft", { role: "status" });
  function apply() {
    const rows = data.episodes.filter((row) => selects.every(({ key, element }) => !element?.value || row[key] === element.value));
    table.show(rows);
    status.textContent = rows.length === data.episodes.length ? "" : `${count(rows.length)} of ${count(data.episodes.length)}`;
  }
  return make("div.filters", {}, selects.map(({ element }) => element), status);
}

function problems() {
  const parts = data.unread.map(({ path, why }) => make("li", {}, make("b", {}, path), ` ${why}`));
  parts.push(...data.faults.map(({ cell, seed, attempt, what }) => make("li", {}, make("b", {}, `${cell}, seed ${seed}`),
    ` broke at attempt ${attempt}: ${what}`)));
  return parts.length ? section("Not shown, or broken", make("ul.problems", {}, parts)) : null;
}

function section(title, ...content) {
  return make("section", {}, make("h2", {}, title), content);
}

document.body.append(headline(), make("main", {},
  problems(),
  data.summary.length ? section("Scores", summaryTable()) : null,
  data.summary.length ? make("div.plots", {}, section("Win rate, with 95 % interval", winPlot()),
    section("Value killed over value lost", ratioPlot()), section("Rejected actions by cause", rejectedSection()),
    section("Cost against win rate", costSection())) : null,
  data.episodes.length ? section("Episodes", episodeTable()) : section("Episodes", make("p.soft", {}, "No episode can be shown."))));
document.documentElement.dataset.ready = "true";
