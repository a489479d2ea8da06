// An episode that is being played: its records come from the server as they happen.

const viewer = new Viewer();
const REFRESH_MS = 250;
let waiting = false;

viewer.liveButton.classList.remove("hidden");
viewer.setResult("waiting", "tie");
viewer.refresh();

/** Redraw what grows with the episode, a few times a second at most. */
function refreshSoon() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    viewer.refresh();
    if (viewer.map.fitted) viewer.map.fit(viewer.map.fitted);
  }, REFRESH_MS);
}

function take(record) {
  viewer.episode.take(record);
  if (record.k === "start") {
    viewer.turn.shown = "";
    viewer.map.selected = -1;
    viewer.map.renew();
    viewer.setNotes([]);
    viewer.setResult("live", "live");
    viewer.player.loop = 0;
    if (!viewer.player.openLink()) viewer.player.follow();
  }
  if (record.k === "note") viewer.setNotes([record.text]);
}

const source = new EventSource("/events");
source.addEventListener("message", (event) => {
  for (const record of JSON.parse(event.data)) take(record);
  document.documentElement.dataset.ready = "true";
  refreshSoon();
});
source.addEventListener("error", () => {
  if (source.readyState === EventSource.CLOSED) viewer.setNotes(["The server has gone; reload to try again."]);
  else if (!viewer.episode.end) viewer.setNotes(["The connection was lost; trying again."]);
});
source.addEventListener("open", () => viewer.setNotes([]));
