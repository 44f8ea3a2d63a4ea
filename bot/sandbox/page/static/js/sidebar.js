// Conversations with their unread marks.

import { fill, h } from "./dom.js";
import { app, choose, refresh, act } from "./store.js";
import { tellTrouble } from "./dialogs.js";

const nav = document.getElementById("channels");

const readKey = (channel) => `${app.person}/${channel.id}`;

export function markRead(channel) {
  const newest = channel.messages.at(-1)?.ts;
  if (newest) app.read[readKey(channel)] = newest;
}

export function unread(channel) {
  const seen = app.read[readKey(channel)] ?? "0";
  return channel.messages.filter((one) => one.ts > seen && one.user !== app.person).length;
}

export async function openHome() {
  choose({ channel: "home", thread: null, phone: "slack" });
  tellTrouble(await act("home", {}), "Opening the home tab");
}

export function offersHome(data) {
  return Boolean(data.stage.features.app_home?.home_tab_enabled) || Boolean(data.slack.home);
}

export function drawSidebar({ data, channel: now }) {
  const channels = data.slack.channels;
  const open = channels.find((one) => one.id === now);
  if (open && !document.hidden) markRead(open);
  const rows = channels.map((one) => ({ id: one.id, im: one.is_im, name: one.is_im ? "Payment Links" : one.name, count: unread(one), now: one.id === now }));
  const stamp = JSON.stringify([rows, now === "home", offersHome(data)]);
  if (nav.dataset.stamp === stamp) return;
  nav.dataset.stamp = stamp;
  const focused = document.activeElement?.dataset?.focus;
  fill(
    nav,
    h("p", { class: "workspace" }, "Bloom Wholesale"),
    h("h2", {}, "Channels"),
    h("ul", {}, rows.filter((row) => !row.im).map((row) => entry(row, "#"))),
    h("h2", {}, "Direct messages"),
    h("ul", {}, rows.filter((row) => row.im).map((row) => entry(row, "●"))),
    offersHome(data) ? h("ul", {}, homeEntry(now)) : null,
  );
  if (focused) nav.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

function entry(row, mark) {
  const says = row.count ? `, ${row.count} unread` : "";
  return h("li", {}, h("button", {
    class: row.count ? "conversation unread" : "conversation",
    type: "button",
    "aria-current": row.now ? "page" : undefined,
    dataset: { focus: `go-${row.id}` },
    onclick: () => { choose({ channel: row.id, thread: null, phone: "slack" }); refresh(); },
  },
  h("span", { class: "mark", "aria-hidden": "true" }, mark), h("span", { class: "grow" }, row.name),
  row.count ? h("span", { class: "count", "aria-hidden": "true" }, row.count) : null,
  h("span", { class: "unseen" }, says)));
}

const homeEntry = (now) =>
  h("li", {}, h("button", { class: "conversation", type: "button", "aria-current": now === "home" ? "page" : undefined, dataset: { focus: "go-home" }, onclick: openHome },
    h("span", { class: "mark", "aria-hidden": "true" }, "⌂"), "App home"));
