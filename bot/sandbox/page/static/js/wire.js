// The strip: the last requests in both directions; each opens to its payload.

import { get } from "./api.js";
import { fill, h, keep } from "./dom.js";
import { draw } from "./store.js";

const now = { only: "" };

export function drawWire(node, data) {
  if (!node.firstElementChild) build(node, data);
  const rows = data.wire.filter((one) => one.way.includes(now.only));
  keep(node.querySelector(".exchanges"), rows, (one) => one.id, exchange);
}

function build(node) {
  const select = h("select", { id: "only" }, [["", "everything"], ["Slack", "Slack"], ["Stripe", "Stripe"], ["mail", "mail"]].map(([id, words]) => h("option", { value: id }, words)));
  select.addEventListener("change", () => {
    now.only = select.value;
    draw();
  });
    fill(node, h("h2", {}, "Requests"), h("p", { class: "row" }, h("label", { for: "only" }, "The newest first, of"), select), h("div", { class: "exchanges" }));
}

function exchange(one) {
  const body = h("div", { class: "payload" });
  const details = h("details", { class: one.ok ? "exchange" : "exchange refused" },
    h("summary", { dataset: { focus: `wire-${one.id}` } },
      h("span", { class: "way" }, one.way), h("span", { class: "name grow" }, one.name), h("span", { class: "muted" }, one.status)),
    one.why ? h("p", { class: "error" }, one.why) : null, body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.firstElementChild) return;
    const whole = await get(`/wire?id=${encodeURIComponent(one.id)}`);
    if (whole.trouble) return fill(body, h("p", {}, whole.trouble));
    return fill(body, part("Request", whole.request), part("Answer", whole.answer));
  });
  return details;
}

const part = (words, text) => [h("h3", {}, words), h("pre", { tabindex: "0", "aria-label": words }, text)];
