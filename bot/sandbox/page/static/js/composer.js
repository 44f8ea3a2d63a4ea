// Where one types: commands with hints of their verbs, or words for the others.

import { fill, h } from "./dom.js";
import { announce, notice, tellTrouble } from "./dialogs.js";
import { act, app } from "./store.js";

const form = document.getElementById("composer");
const ROWS = 5;
let text = null;
let list = null;
let at = -1;
let hints = [];

function build() {
  text = h("textarea", { id: "composer-text", rows: 1, "aria-label": "Message or command", "aria-controls": "hints", "aria-autocomplete": "list", placeholder: "Type /pay, or say something" });
  list = h("ul", { id: "hints", class: "hints", role: "listbox", "aria-label": "Commands", hidden: true });
  const shortcuts = h("span", { id: "shortcuts" });
  const send = h("button", { class: "button primary", type: "submit", "aria-label": "Send" }, "Send");
  fill(form, list, h("div", { class: "line" }, shortcuts, text, send));
  text.addEventListener("input", () => { grow(); offer(); });
  text.addEventListener("keydown", keys);
  text.addEventListener("blur", () => setTimeout(hide, 120));
  form.addEventListener("submit", (event) => { event.preventDefault(); send_(); });
}

function grow() {
  text.rows = Math.min(ROWS, text.value.split("\n").length);
}

// The command's usage hint names its verbs between bars.
function known(data) {
  return (data.stage.features.slash_commands ?? []).flatMap((one) => [
    { words: one.command, more: one.description },
    ...(one.usage_hint ?? "").split("|").map((verb) => verb.trim()).filter(Boolean)
      .map((verb) => verb.startsWith("[") ? { words: `${one.command} `, more: verb, free: true } : { words: `${one.command} ${verb}`, more: "" }),
  ]);
}

function offer() {
  const typed = text.value.toLowerCase();
  const fits = typed.startsWith("/") && !typed.includes("\n");
  hints = fits ? known(app.data).filter((one) => one.words.startsWith(typed.trimEnd()) && (one.words !== typed || one.free)) : [];
  fill(list, hints.map((one, i) => h("li", {
    id: `hint-${i}`, role: "option", "aria-selected": "false",
    onmousedown: (event) => { event.preventDefault(); take(i); },
  }, h("code", {}, one.words.trimEnd()), one.more ? h("span", { class: "muted" }, ` ${one.more}`) : null)));
  list.hidden = hints.length === 0;
  if (hints.length) announce(`${hints.length} command${hints.length > 1 ? "s" : ""}: arrow keys choose`);
  mark(-1);
}

function hide() {
  list.hidden = true;
  mark(-1);
}

function mark(i) {
  at = i;
  [...list.children].forEach((node, n) => {
    node.classList.toggle("at", n === i);
    node.setAttribute("aria-selected", String(n === i));
  });
  if (i < 0) return text.removeAttribute("aria-activedescendant");
  text.setAttribute("aria-activedescendant", `hint-${i}`);
  list.children[i].scrollIntoView({ block: "nearest" });
}

function take(i) {
  text.value = `${hints[i].words.trimEnd()} `;
  hide();
  text.focus();
}

function keys(event) {
  if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    return mark((at + step + hints.length) % hints.length);
  }
  if (!list.hidden && event.key === "Tab" && !event.shiftKey && hints.length) {
    event.preventDefault();
    return take(Math.max(at, 0));
  }
  if (event.key === "Escape" && !list.hidden) return hide();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return undefined;
  event.preventDefault();
  return at >= 0 && !list.hidden ? take(at) : send_();
}

async function send_() {
  const said = text.value.trim();
  if (!said) return;
  const command = said.split(" ")[0];
  const commands = (app.data.stage.features.slash_commands ?? []).map((one) => one.command);
  if (app.data.stage.is !== "ready" && said.startsWith("/")) return notice("The bot is still starting. A moment, please.");
  if (said.startsWith("/") && commands.length && !commands.includes(command)) return notice(`${command} is not a command here. There is ${commands.join(", ")}.`, "bad");
  text.value = "";
  grow();
  hide();
  tellTrouble(await act("type", { channel: app.channel, text: said }), said.startsWith("/") ? said : "Sending");
}

document.addEventListener("draft", (event) => {
  text.value = event.detail;
  text.focus();
  offer();
});

export function drawComposer({ data }) {
  if (!text) build();
  const offered = (data.stage.features.shortcuts ?? []).filter((one) => one.type === "global");
  const place = document.getElementById("shortcuts");
  const stamp = JSON.stringify(offered);
  if (place.dataset.stamp === stamp) return;
  place.dataset.stamp = stamp;
  fill(place, offered.length ? menu(offered) : null);
}

function menu(offered) {
  const node = h("details", { class: "overflow up" }, h("summary", { class: "button", "aria-label": "Shortcuts" }, "⚡"));
  const entries = offered.map((one) => h("button", {
    class: "quiet", type: "button", title: one.description,
    onclick: async () => { node.open = false; tellTrouble(await act("shortcut", { callback_id: one.callback_id }), one.name); },
  }, one.name));
  node.append(h("div", { class: "menu" }, entries));
  node.addEventListener("keydown", (event) => { if (event.key === "Escape") node.open = false; });
  return node;
}
