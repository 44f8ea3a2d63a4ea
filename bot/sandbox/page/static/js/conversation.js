// The open conversation, or the app's home.

import { drawBlocks, image } from "./blocks.js";
import { fill, h, keep } from "./dom.js";
import { drawMessage } from "./message.js";
import { app, channelNow, choose, names } from "./store.js";
import { viewSurface } from "./view.js";

const title = document.getElementById("title");
const box = document.getElementById("messages");
const composer = document.getElementById("composer");

const NEAR = 120; // pixels from the end that count as being there

export function drawConversation({ data, channel }) {
  composer.hidden = channel === "home";
  if (channel === "home") return drawHome(data);
  const now = channelNow();
  if (!now) return;
  drawTitle(now);
  const items = messagesOf(now);
  const moved = box.dataset.channel !== `${app.person}/${now.id}`;
  const atEnd = moved || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  if (moved) box.replaceChildren();
  box.dataset.channel = `${app.person}/${now.id}`;
  box.querySelector(".empty")?.remove();
  keep(box, items, (item) => item.message.ts, (item, again) => drawMessage(item, again && !moved));
  if (!items.length) box.append(empty(now));
  if (atEnd) box.scrollTop = box.scrollHeight;
}

export function messagesOf(channel) {
  const called = names();
  const replies = new Map();
  for (const one of channel.messages)
    if (one.thread_ts && one.thread_ts !== one.ts) replies.set(one.thread_ts, (replies.get(one.thread_ts) ?? 0) + 1);
  return channel.messages
    .filter((one) => !one.thread_ts || one.thread_ts === one.ts)
    .map((message) => ({ message, person: called[message.user] ?? "Somebody", replies: replies.get(message.ts) ?? 0 }));
}

function drawTitle(now) {
  const stamp = now.id;
  if (title.dataset.stamp === stamp) return;
  title.dataset.stamp = stamp;
  const about = now.is_im ? "Cards of what you sent, and what waits for you." : now.name === "payments" ? "Confirmations and notices for everybody." : "";
  fill(title, h("h2", {}, now.is_im ? "Payment Links" : `# ${now.name}`), h("p", { class: "muted" }, about));
}

function empty(now) {
  const try_ = (words) => h("button", { class: "button", type: "button", onclick: () => document.dispatchEvent(new CustomEvent("draft", { detail: words })) }, words);
  return h("div", { class: "empty" },
    h("p", {}, now.is_im ? "Nothing yet. Whatever you send from here leaves a card here." : "Nothing was said here yet."),
    h("p", { class: "muted" }, "Type a command below, or begin with one of these:"),
    h("div", { class: "row" }, ["/pay", "/pay invoice INV-1050", "/pay help"].map(try_)));
}

function drawHome(data) {
  const view = data.slack.home;
  const stamp = `home/${app.person}/${view?.id}/${view?.hash}`;
  if (box.dataset.channel === stamp) return;
  box.dataset.channel = stamp;
  title.dataset.stamp = "home";
  fill(title, h("h2", {}, "Payment Links"), h("p", { class: "muted" }, "Home"));
  const nothing = h("p", { class: "muted" }, "The app has not published anything here yet.");
  fill(box, view ? h("div", { class: "home" }, drawBlocks(view.blocks, viewSurface(view, names(), image))) : nothing);
}

export const leaveThread = () => choose({ thread: null });
