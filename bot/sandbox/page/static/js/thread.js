// A thread beside its conversation.

import { fill, h, keep } from "./dom.js";
import { drawMessage } from "./message.js";
import { act, app, channelNow, choose, names } from "./store.js";

const aside = document.getElementById("thread");
let list = null;

function build(ts) {
  const close = h("button", { class: "quiet", type: "button", "aria-label": "Close the thread", onclick: () => choose({ thread: null }) }, "×");
  list = h("div", { class: "replies-list", role: "log", "aria-live": "off", tabindex: "0", "aria-label": "Replies" });
  const input = h("input", { type: "text", "aria-label": "Reply", placeholder: "Reply…" });
  const form = h("form", { class: "reply" }, input, h("button", { class: "button primary", type: "submit" }, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    await act("type", { channel: app.channel, text, thread_ts: ts });
  });
  fill(aside, h("header", {}, h("h2", {}, "Thread"), close), list, form);
  aside.dataset.thread = ts;
  close.focus();
}

aside.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const ts = app.thread;
  choose({ thread: null });
  document.querySelector(`[data-focus="replies-${ts}"], [data-focus="reply-${ts}"]`)?.focus();
});

export function drawThread({ thread }) {
  const channel = channelNow();
  const parts = thread && channel ? channel.messages.filter((one) => one.ts === thread || one.thread_ts === thread) : [];
  aside.hidden = parts.length === 0;
  document.getElementById("room").classList.toggle("with-thread", !aside.hidden);
  if (aside.hidden) {
    aside.dataset.thread = "";
    return;
  }
  if (aside.dataset.thread !== thread) build(thread);
  const called = names();
  const items = parts.map((message) => ({ message, person: called[message.user] ?? "Somebody", inThread: true }));
  keep(list, items, (item) => item.message.ts, drawMessage);
}
