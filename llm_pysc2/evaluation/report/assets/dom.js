// Build elements and write numbers. Text becomes text nodes, always: nothing from a trace is ever read as HTML.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** Return an element such as make("button.small", {onclick: f, title: "..."}, "text", child, ...). */
function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElement(name), classes, attributes, children);
}

/** The same for SVG. */
function makeSvg(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return fill(document.createElementNS(SVG_NAMESPACE, name), classes, attributes, children);
}

function fill(element, classes, attributes, children) {
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

const ICONS = {
  first: ["M3 3v10", "M13 3L5 8l8 5z"], back: ["M11 3L4 8l7 5z"], play: ["M4 2.5v11l9-5.5z"], pause: ["M5 3v10", "M11 3v10"],
  on: ["M5 3l7 5-7 5z"], last: ["M13 3v10", "M3 3l8 5-8 5z"], fit: ["M2 6V2h4", "M10 2h4v4", "M14 10v4h-4", "M6 14H2v-4"],
};

/** Return a small picture for a button, in the colour of its text. */
function icon(name) {
  return makeSvg("svg.icon", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ICONS[name].map((d) => makeSvg("path", { d })));
}

const SHOWN_AT_ONCE = 20000;

/** Return a block of text of any length; of a very long one the rest waits for a click. */
function textBlock(text, label = "") {
  const pre = make("pre", { tabindex: text.length > 1500 ? 0 : null, "aria-label": label || null });
  pre.textContent = text.slice(0, SHOWN_AT_ONCE);
  if (text.length <= SHOWN_AT_ONCE) return pre;
  const more = make("button.more", {}, `Show all ${count(text.length)} characters`);
  more.addEventListener("click", () => {
    pre.textContent = text;
    more.remove();
  });
  return make("div", {}, pre, more);
}

const BRIEF_NUMBERS = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });
const WHOLE_NUMBERS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Return a number without decimals, thousands apart. */
function count(number) {
  return WHOLE_NUMBERS.format(number);
}

/** Return a number with its thousands or millions as a letter. */
function brief(number) {
  return BRIEF_NUMBERS.format(number);
}

/** Return a text cut to so many characters. */
function shorten(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Return a share of 0 to 1 as per cent. */
function percent(share, digits = 0) {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Return US dollars with as many digits as tell something. */
function dollars(usd) {
  if (usd === 0) return "$0";
  if (usd < 0.01) return `$${usd.toPrecision(2)}`;
  return `$${usd.toFixed(usd < 10 ? 3 : 2)}`;
}

/** Return game loops as minutes and seconds. */
function clock(loops, loopsPerSecond) {
  const seconds = Math.floor(loops / loopsPerSecond);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** Return a reader of the page's colours, current whenever the scheme changes. */
function makePalette(onChange) {
  let known = {};
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known = {};
    onChange();
  });
  return (name) => (known[name] ??= getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

function readData() {
  return JSON.parse(document.getElementById("data").textContent);
}

/** Call `draw` with the size of a canvas in CSS pixels whenever it changes, with the canvas as sharp as the screen. */
function keepSharp(canvas, draw) {
  new ResizeObserver(() => {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(width, height);
  }).observe(canvas);
}
