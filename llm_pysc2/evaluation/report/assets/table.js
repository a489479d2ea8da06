// Tables that can be sorted by any column.

/**
 * Return a table. A column has title, value(row) to sort by, and may have cell(row) for what is shown, number: true to
 * stand on the right, and hint. The first click on a column of numbers puts the largest first.
 */
function makeTable(columns, rows, caption) {
  const body = make("tbody");
  const heads = columns.map((column, place) => {
    const button = make("button.sort", { title: column.hint ?? null, onclick: () => sortBy(place) }, column.title);
    return make(column.number ? "th.number" : "th", { scope: "col" }, button);
  });
  const table = make("table.data", { "aria-label": caption }, make("thead", {}, make("tr", {}, heads)), body);
  let shown = rows;
  let order = null;

  function draw() {
    body.replaceChildren(...shown.map((row) => make("tr", {}, columns.map((column) =>
      make(column.number ? "td.number" : "td", {}, column.cell ? column.cell(row) : column.value(row))))));
  }

  function sortBy(place) {
    const descending = order?.place === place ? !order.descending : Boolean(columns[place].number);
    order = { place, descending };
    heads.forEach((head, each) => {
      if (each === place) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    arrange();
  }

  function arrange() {
    if (order) {
      const { value } = columns[order.place];
      shown = [...shown].sort((a, b) => compare(value(a), value(b)) * (order.descending ? -1 : 1));
    }
    draw();
  }

  /** Show other rows, in the order that was chosen. */
  function show(others) {
    shown = others;
    arrange();
  }

  draw();
  return { element: make("div.scroll", {}, table), show };
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}
