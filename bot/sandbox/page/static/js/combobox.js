// A box to search in: options come while one types, from the bot or from a list.

import { fresh, h, fill } from "./dom.js";
import { plain, words } from "./mrkdwn.js";

const PAUSE = 180; // ms without a key before the bot is asked

export function combobox(use) {
  const listId = fresh("list");
  const state = { held: [...use.held], options: [], at: -1, typed: "", asked: 0, timer: null };
  const chips = h("span", { class: "chips" });
  const list = h("ul", { class: "listbox", role: "listbox", id: listId, hidden: true, "aria-label": `Options: ${use.label}` });
  const hint = h("p", { class: "muted hint", hidden: true });
  const input = h("input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    id: use.input,
    "aria-label": use.input ? undefined : use.label,
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    "aria-describedby": use.described,
    placeholder: use.placeholder ?? "Search…",
    dataset: { focus: use.id },
  });

  const label = (option) => plain(option.text);
  const full = () => use.most && state.held.length >= use.most;

  function showHeld() {
    fill(chips, state.held.map((option) => chip(option)));
    input.classList.toggle("has-one", !use.many && state.held.length > 0);
  }

  function chip(option) {
    const remove = () => {
      state.held = state.held.filter((one) => one !== option);
      showHeld();
      use.changed(state.held);
      input.focus();
    };
    return h("span", { class: "chip" }, label(option), h("button", { class: "quiet", type: "button", "aria-label": `Remove ${words(option.text)}`, onclick: remove }, "×"));
  }

  function close() {
    list.hidden = true;
    hint.hidden = true;
    state.at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function say(sentence) {
    hint.textContent = sentence;
    hint.hidden = !sentence;
  }

  function showOptions(options) {
    state.options = options;
    fill(list, options.map((option, i) => entry(option, i)));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    say(options.length ? "" : "Nothing found.");
    mark(options.length ? 0 : -1);
  }

  function entry(option, i) {
    const more = option.description ? h("span", { class: "muted" }, plain(option.description)) : null;
    const held = state.held.some((one) => one.value === option.value);
    return h("li", {
      id: `${listId}-${i}`, role: "option", "aria-selected": String(held),
      onmousedown: (event) => { event.preventDefault(); pick(option); },
    }, label(option), more);
  }

  function mark(at) {
    state.at = at;
    [...list.children].forEach((node, i) => node.classList.toggle("at", i === at));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `${listId}-${at}`);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    }
  }

  function pick(option) {
    if (use.many) {
      const there = state.held.some((one) => one.value === option.value);
      if (!there && full()) return say(`No more than ${use.most} can be chosen.`);
      state.held = there ? state.held.filter((one) => one.value !== option.value) : [...state.held, option];
    } else {
      state.held = [option];
    }
    input.value = "";
    state.typed = "";
    close();
    showHeld();
    use.changed(state.held);
  }

  function ask() {
    clearTimeout(state.timer);
    if (state.typed.length < use.least) {
      close();
      const more = use.least - state.typed.length;
      if (state.typed || !state.held.length) say(`Type ${more} more character${more > 1 ? "s" : ""} to search.`);
      return;
    }
    say("Searching…");
    state.timer = setTimeout(search, PAUSE);
  }

  async function search() {
    const number = ++state.asked;
    const found = await use.search(state.typed);
    if (number === state.asked && document.activeElement === input) showOptions(found);
  }

  input.addEventListener("input", () => { state.typed = input.value; ask(); });
  input.addEventListener("focus", () => { if (use.least > 0) ask(); }); // a list that opens by itself hides what is below
  input.addEventListener("click", () => { if (list.hidden) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((state.at + step + state.options.length) % state.options.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      if (!list.hidden && state.at >= 0) pick(state.options[state.at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !input.value && state.held.length) {
      state.held = state.held.slice(0, -1);
      showHeld();
      use.changed(state.held);
    }
  });
  showHeld();
  return h("div", { class: "combobox" }, h("div", { class: "box" }, chips, input), hint, list);
}
