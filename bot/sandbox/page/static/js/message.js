// One message: who, when, what, and what can be done with it.

import { drawBlocks, image } from "./blocks.js";
import { tellTrouble } from "./dialogs.js";
import { clock, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { act, app, choose, names } from "./store.js";

const TINTS = 6;
const tint = (id) => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % TINTS;
const initials = (name) => name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");

function surface(message) {
  return {
    surface: "message",
    names: names(),
    image,
    held: () => null,
    hold: () => {},
    search: async (block, element, typed) => {
      const place = { channel: app.channel, ts: message.ts, block_id: block.block_id, action_id: element.action_id };
      const found = await act("search_message", { ...place, typed });
      tellTrouble(found, "Searching");
      return found.options ?? [];
    },
    act: async (block, element, chosen) => {
      const place = { channel: app.channel, ts: message.ts, block_id: block.block_id, action_id: element.action_id };
      tellTrouble(await act("press", { ...place, chosen }), element.text?.text ?? "This");
    },
  };
}

export function drawMessage(item, replaced) {
  const { message, person, replies, inThread } = item;
  const body = message.blocks?.length ? drawBlocks(message.blocks, surface(message)) : h("div", { class: "flow" }, mrkdwn(message.text, names()));
  const isBot = Boolean(message.bot_id);
  const edited = message.edited && !message.blocks?.length ? h("span", { class: "muted" }, " (edited)") : null;
  return h(
    "article",
    { class: `message${message.is_ephemeral ? " whisper" : ""}${replaced ? " changed" : ""}`, "aria-label": `${person} at ${clock(message.ts)}` },
    h("span", { class: `avatar tint-${isBot ? "bot" : tint(message.user)}`, "aria-hidden": "true" }, isBot ? "PL" : initials(person)),
    h("div", { class: "said" },
      message.is_ephemeral ? h("p", { class: "only" }, "Only visible to you ", dismiss(message)) : null,
      h("p", { class: "by" }, h("strong", {}, person), isBot ? h("span", { class: "app" }, "APP") : null, h("time", {}, clock(message.ts)), edited),
      body,
      replies && !inThread ? threadLink(message, replies) : null),
    inThread || message.is_ephemeral ? null : menu(message),
  );
}

const dismiss = (message) =>
  h("button", { class: "quiet dismiss", type: "button", onclick: () => act("dismiss", { channel: app.channel, ts: message.ts }) }, "Dismiss");

const openThread = (message) => choose({ thread: message.ts });

function threadLink(message, count) {
  return h("button", { class: "replies", type: "button", dataset: { focus: `replies-${message.ts}` }, onclick: () => openThread(message) }, `${count} ${count === 1 ? "reply" : "replies"}`);
}

function menu(message) {
  const offered = (app.data.stage.features.shortcuts ?? []).filter((one) => one.type === "message");
  const reply = h("button", { class: "button small", type: "button", dataset: { focus: `reply-${message.ts}` }, onclick: () => openThread(message) }, "Reply");
  const shortcuts = offered.map((one) => h("button", {
    class: "button small", type: "button", title: one.description, dataset: { focus: `${one.callback_id}-${message.ts}` },
    onclick: async () => tellTrouble(await act("message_shortcut", { channel: app.channel, ts: message.ts, callback_id: one.callback_id }), one.name),
  }, one.name));
  return h("div", { class: "tools" }, reply, shortcuts);
}
