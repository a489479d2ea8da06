// The moment that is shown: playing, stepping, following a running episode, and the link to a moment.

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const LINK_DELAY_MS = 300;

class Player {
  constructor(episode, onMoment) {
    this.episode = episode;
    this.onMoment = onMoment;
    this.loop = 0;
    this.speed = 1;
    this.playing = false;
    this.following = false;
    this.drawn = false;
  }

  get frameNumber() {
    return this.episode.frameAt(this.loop);
  }

  get frame() {
    return this.episode.frames[this.frameNumber];
  }

  /** Go to a game loop and stay there. */
  seek(loop) {
    this.stop();
    this.move(loop);
  }

  /** Go so many frames on or back. */
  step(frames) {
    const number = clamp(this.frameNumber + frames, 0, this.episode.frames.length - 1);
    this.seek(this.episode.frames[number]?.loop ?? 0);
  }

  seekTurn(turn) {
    this.seek(this.episode.loopOfTurn(turn));
  }

  /** Go to the next (1) or the last (-1) moment at which something went wrong or somebody died. */
  seekIncident(direction) {
    const loops = this.episode.incidents.filter(({ kind }) => !["orders", "letter"].includes(kind)).map(({ loop }) => loop);
    const here = this.frame?.loop ?? 0;
    const there = direction > 0 ? Math.min(...loops.filter((loop) => loop > here))
      : Math.max(...loops.filter((loop) => loop < here));
    if (Number.isFinite(there)) this.seek(there);
  }

  move(loop) {
    this.loop = clamp(loop, this.episode.firstLoop, this.episode.lastLoop);
    this.ask();
    this.linkSoon();
  }

  toggle() {
    if (this.playing) {
      this.stop();
      return;
    }
    if (this.loop >= this.episode.lastLoop) this.loop = this.episode.firstLoop;
    this.playing = true;
    this.then = performance.now();
    this.ask();
  }

  /** Keep up with an episode that is still being played. */
  follow() {
    this.following = true;
    this.playing = true;
    this.then = performance.now();
    this.ask();
  }

  stop() {
    this.playing = false;
    this.following = false;
    this.ask();
  }

  changeSpeed(by) {
    const place = clamp(SPEEDS.indexOf(this.speed) + by, 0, SPEEDS.length - 1);
    this.speed = SPEEDS[place];
    this.ask();
  }

  /** Ask for the moment to be drawn with the screen's next picture. */
  ask() {
    if (this.drawn) return;
    this.drawn = true;
    requestAnimationFrame((now) => {
      this.drawn = false;
      if (this.playing) this.advance(now);
      this.onMoment();
      if (this.playing) this.ask();
    });
  }

  advance(now) {
    const seconds = clamp((now - this.then) / 1000, 0, 0.25);
    this.then = now;
    const last = this.episode.lastLoop;
    const pace = this.episode.loopsPerSecond * this.speed;
    const lag = last - this.loop;
    this.loop = Math.min(last, this.loop + seconds * (this.following ? Math.max(pace, lag * 2) : pace));
    if (this.loop < last || this.following) return;
    this.playing = false;
    this.linkSoon();
  }

  linkSoon() {
    clearTimeout(this.linking);
    this.linking = setTimeout(() => {
      const link = this.frame ? `#turn=${this.frame.turn}` : "";
      if (link && location.hash !== link && !this.following) history.replaceState(null, "", link);
    }, LINK_DELAY_MS);
  }

  /** Go where the link of the page says, if it says. */
  openLink() {
    const turn = new URLSearchParams(location.hash.slice(1)).get("turn");
    if (turn === null || !/^\d{1,9}$/.test(turn)) return false;
    this.seekTurn(Number(turn));
    return true;
  }
}
