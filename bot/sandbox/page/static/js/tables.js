// table and data_table; the latter sorts and turns pages.

import { h, fill } from "./dom.js";
import { richText } from "./richtext.js";

const said = (cell) =>
  cell.type === "raw_text" ? cell.text : cell.type === "raw_number" ? (cell.text ?? String(cell.value)) : "";

const shown = (cell, names) => (cell.type === "rich_text" ? richText(cell, names) : said(cell));

function row(cells, tag, names, settings = []) {
  return h("tr", {}, cells.map((cell, i) => {
    const align = settings[i]?.align ?? (cell.type === "raw_number" ? "right" : "left");
    return h(tag, { class: align, scope: tag === "th" ? "col" : undefined }, shown(cell, names));
  }));
}

export function table(block, names) {
  const [head, ...rest] = block.rows;
  const settings = block.column_settings ?? [];
  return scrolling("Table", [
    h("thead", {}, row(head, "th", names, settings)),
    h("tbody", {}, rest.map((cells) => row(cells, "td", names, settings))),
  ]);
}

function scrolling(label, parts) {
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": label }, h("table", {}, parts));
}

export function dataTable(block, names) {
  const [head, ...rest] = block.rows;
  const size = block.page_size ?? 5;
  const now = { page: 0, by: null, down: false };
  const body = h("tbody");
  const pages = Math.ceil(rest.length / size);
  const count = h("span", {});
  const turn = (step) => () => {
    now.page = Math.min(Math.max(now.page + step, 0), pages - 1);
    redraw();
  };
  const back = h("button", { class: "button small", type: "button", onclick: turn(-1) }, "Previous");
  const next = h("button", { class: "button small", type: "button", onclick: turn(1) }, "Next");
  const heads = head.map((cell, i) => sortable(cell, i, names, now, () => redraw()));
  function redraw() {
    const sorted = now.by === null ? rest : [...rest].sort((a, b) => order(a[now.by], b[now.by], now.down));
    fill(body, sorted.slice(now.page * size, (now.page + 1) * size).map((cells) => row(cells, "td", names)));
    count.textContent = `${now.page + 1} of ${pages}`;
    back.disabled = now.page === 0;
    next.disabled = now.page >= pages - 1;
    heads.forEach((th, i) => th.setAttribute("aria-sort", now.by !== i ? "none" : now.down ? "descending" : "ascending"));
  }
  redraw();
  const parts = [h("caption", {}, block.caption), h("thead", {}, h("tr", {}, heads)), body];
  return h("div", {}, scrolling(block.caption, parts), pages > 1 ? h("div", { class: "row" }, back, count, next) : null);
}

function sortable(cell, i, names, now, redraw) {
  const press = () => {
    now.down = now.by === i && !now.down;
    now.by = i;
    redraw();
  };
  return h("th", { scope: "col" }, h("button", { class: "sort", type: "button", onclick: press }, shown(cell, names)));
}

function order(a, b, down) {
  const sign = down ? -1 : 1;
  if (a.type === "raw_number" && b.type === "raw_number") return sign * (a.value - b.value);
  return sign * said(a).localeCompare(said(b), undefined, { numeric: true });
}
