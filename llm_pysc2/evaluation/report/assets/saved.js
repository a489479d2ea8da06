// An episode that is over, with all its records in the page.

const saved = readData();
const viewer = new Viewer();
for (const record of saved.records) viewer.episode.take(record);
const { index, previous, next } = saved.links;
viewer.links.append(...[[index, "Report"], [previous, "← Previous"], [next, "Next →"]].filter(([link]) => link)
  .map(([link, text]) => make("a", { href: link }, text)));
viewer.setNotes(saved.notes);
if (!viewer.episode.end) viewer.setResult("cut off", "cut");
viewer.map.renew();
viewer.refresh();
if (!viewer.player.openLink()) viewer.player.move(viewer.episode.firstLoop);
requestAnimationFrame(() => requestAnimationFrame(() => {
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
}));
