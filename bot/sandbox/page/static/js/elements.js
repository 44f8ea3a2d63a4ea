// Elements that stand in actions, beside a section or under a message.

import { h } from "./dom.js";
import { confirmed } from "./dialogs.js";
import { control, KINDS, stateOf } from "./controls.js";
import { plain } from "./mrkdwn.js";

const focusName = (block, element) => `${block.block_id}/${element.action_id}`;

// A link opens in the press itself, else the browser would take it for an unwanted window.
async function press(button, block, element, where, chosen, url) {
  if (!(await confirmed(element.confirm))) return;
  if (url) window.open(url, "_blank", "noopener");
  button.disabled = true;
  await where.act(block, element, chosen);
  button.disabled = false;
}

function button(block, element, where) {
  const node = h(
    "button",
    {
      class: `button ${element.style ?? ""}`,
      type: "button",
      "aria-label": element.accessibility_label,
      dataset: { focus: focusName(block, element) },
      onclick: () => press(node, block, element, where, undefined, element.url),
    },
    plain(element.text),
    element.url ? h("span", { class: "away", "aria-hidden": "true" }, " ↗") : null,
  );
  return node;
}

function overflow(block, element, where) {
  const list = h("div", { class: "menu", role: "menu" });
  const opener = h("summary", { class: "button", "aria-label": "More actions", dataset: { focus: focusName(block, element) } }, "⋯");
  const node = h("details", { class: "overflow" }, opener, list);
  for (const option of element.options) {
    const entry = h("button", {
      class: "quiet",
      role: "menuitem",
      type: "button",
      onclick: () => {
        node.open = false;
        press(entry, block, element, where, where.surface === "message" ? { selected_option: option } : option, option.url);
      },
    }, plain(option.text));
    list.append(entry);
  }
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    node.open = false;
    opener.focus();
    event.stopPropagation();
    event.preventDefault();
  });
  return node;
}

function iconButton(block, element, where) {
  return button(block, { ...element, text: element.text }, where);
}

function feedback(block, element, where) {
  const one = (kind, words) =>
    h("button", {
      class: "button small",
      type: "button",
      onclick: (event) => press(event.currentTarget, block, element, where, { value: kind.value }),
    }, words, " ", plain(kind.text));
  return h("span", { class: "row" }, one(element.positive_button, "👍"), one(element.negative_button, "👎"));
}

// A control that tells the bot of each change.
function telling(block, element, where) {
  const held = where.held(block, element);
  const label = element.placeholder?.text ?? block.text?.text ?? element.action_id;
  const changed = async (value) => {
    where.hold(block, element, value);
    if (!(await confirmed(element.confirm))) return;
    await where.act(block, element, where.surface === "message" ? stateOf(element, value) : undefined);
  };
  return control(block, element, where, { held, changed, label, id: focusName(block, element) });
}

export const ELEMENTS = {
  button,
  overflow,
  image: (block, element, where) => where.image(element),
  icon_button: iconButton,
  feedback_buttons: feedback,
  ...Object.fromEntries(KINDS.map((kind) => [kind, telling])),
};

export function drawElement(block, element, where) {
  const make = ELEMENTS[element.type];
  return make ? make(block, element, where) : h("em", {}, `This page cannot draw ${element.type}.`);
}
