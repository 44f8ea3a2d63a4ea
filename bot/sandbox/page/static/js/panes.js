// What stands beside the workspace: one pane at a time, chosen by tabs.

import { fill, h } from "./dom.js";
import { drawGateway } from "./gateway.js";
import { drawMailbox } from "./mailbox.js";
import { drawTime } from "./time.js";
import { drawTour } from "./tour.js";
import { app, choose } from "./store.js";
import { drawWire } from "./wire.js";

const PANES = [
  { id: "mail", words: "Mailbox", draw: drawMailbox },
  { id: "stripe", words: "Stripe", draw: drawGateway },
  { id: "wire", words: "Requests", draw: drawWire },
  { id: "time", words: "Time", draw: drawTime },
  { id: "tour", words: "Tour", draw: drawTour },
];

const tabs = document.getElementById("tabs");
const pane = document.getElementById("pane");
const phone = document.getElementById("phone");
const room = document.getElementById("room");
const drawn = new Map(); // each pane keeps its own node, and with it its place

let mailSeen = -1;

export function drawPane({ data, pane: now, phone: part }) {
  const newest = data.mails[0]?.number ?? -1;
  if (now === "mail" && (part !== "slack" || innerWidth > 800)) mailSeen = newest;
  const fresh = newest > mailSeen ? newest - mailSeen : 0;
  drawTabs(now, fresh);
  drawPhone(part, fresh);
  room.className = `show-${part}${room.classList.contains("with-thread") ? " with-thread" : ""}`;
  const one = PANES.find((each) => each.id === now) ?? PANES[0];
  if (!drawn.has(one.id)) drawn.set(one.id, h("div", { class: `pane ${one.id}` }));
  const node = drawn.get(one.id);
  if (pane.firstElementChild !== node) pane.replaceChildren(node);
  pane.setAttribute("aria-labelledby", `tab-${one.id}`);
  one.draw(node, data);
}

function drawTabs(now, fresh) {
  const stamp = `${now}/${fresh}`;
  if (tabs.dataset.stamp === stamp) return;
  const focused = tabs.contains(document.activeElement);
  tabs.dataset.stamp = stamp;
  fill(tabs, PANES.map((one) => tab(one, one.id === now, one.id === "mail" ? fresh : 0)));
  if (focused) tabs.querySelector('[aria-selected="true"]').focus();
}

function tab(one, selected, count) {
  return h("button", {
    role: "tab", type: "button", id: `tab-${one.id}`, "aria-selected": String(selected), "aria-controls": "pane",
    tabindex: selected ? "0" : "-1", onclick: () => choose({ pane: one.id }),
  }, one.words, count ? h("span", { class: "count" }, count) : null);
}

tabs.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const i = PANES.findIndex((one) => one.id === app.pane);
  choose({ pane: PANES[(i + step + PANES.length) % PANES.length].id });
});

const PARTS = [
  { id: "list", words: "Chats", change: {} },
  { id: "slack", words: "Slack", change: {} },
  { id: "mail", words: "Mail", change: { pane: "mail" } },
  { id: "stripe", words: "Stripe", change: { pane: "stripe" } },
  { id: "more", words: "More", change: { pane: "wire" } },
];

function drawPhone(part, fresh) {
  const stamp = `${part}/${fresh}`;
  if (phone.dataset.stamp === stamp) return;
  phone.dataset.stamp = stamp;
  fill(phone, PARTS.map((one) => h("button", {
    type: "button", "aria-current": one.id === part ? "page" : undefined,
    onclick: () => choose({ phone: one.id, ...one.change }),
  }, one.words, one.id === "mail" && fresh ? h("span", { class: "count" }, fresh) : null)));
}
