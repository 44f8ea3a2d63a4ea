// Block Kit as it was received. `where` says on which surface, whose names, and what acts do.

import { h } from "./dom.js";
import { drawElement } from "./elements.js";
import { drawInput } from "./inputs.js";
import { link, mrkdwn, plain } from "./mrkdwn.js";
import { markdown, richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

export const text = (object, where) =>
  object.type === "mrkdwn" ? mrkdwn(object.text, where.names) : plain(object);

const LOCAL = /^(data:|https?:\/\/(127\.0\.0\.1|localhost)[:/])/;

// Nothing is fetched from outside: a picture from there is its description and a link.
export function image(one) {
  const url = one.image_url ?? "";
  if (LOCAL.test(url) && url.startsWith("data:")) return h("img", { src: url, alt: one.alt_text });
  return h("span", { class: "picture" }, "🖼 ", url ? link(url, one.alt_text) : one.alt_text);
}

const boxed = (kind, ...children) => h("div", { class: `block ${kind}` }, children);

const accessory = (block, where) => (block.accessory ? drawElement(block, block.accessory, where) : null);

// Beside a text these would be squeezed: they stand under it.
const WIDE = new Set(["external_select", "checkboxes", "radio_buttons", "datetimepicker"]);
for (const source of ["static", "external", "users", "conversations", "channels"]) WIDE.add(`multi_${source}_select`);

export const BLOCKS = {
  section: (block, where) =>
    boxed(
      WIDE.has(block.accessory?.type) ? "section stacked" : "section",
      h("div", { class: "grow" },
        block.text ? h("div", { class: "flow" }, text(block.text, where)) : null,
        block.fields ? h("div", { class: "fields" }, block.fields.map((f) => h("div", {}, text(f, where)))) : null),
      accessory(block, where),
    ),
  header: (block, where) => boxed("header", h("p", { class: "heading" }, text(block.text, where))),
  divider: () => boxed("divider", h("hr")),
  image: (block, where) =>
    boxed("image", block.title ? h("p", { class: "muted" }, text(block.title, where)) : null, image(block)),
  actions: (block, where) =>
    boxed("actions", block.elements.map((element) => drawElement(block, element, where))),
  context: (block, where) =>
    boxed("context", block.elements.map((one) => (one.type === "image" ? image(one) : h("span", {}, text(one, where))))),
  context_actions: (block, where) =>
    boxed("actions", block.elements.map((element) => drawElement(block, element, where))),
  input: drawInput,
  rich_text: (block, where) => boxed("rich", richText(block, where.names)),
  markdown: (block) => boxed("rich", markdown(block.text)),
  table: (block, where) => boxed("tabular", table(block, where.names)),
  data_table: (block, where) => boxed("tabular", dataTable(block, where.names)),
  video: (block, where) =>
    boxed("card", h("p", {}, "▶ ", link(block.video_url, block.title.text)),
      block.description ? h("p", { class: "muted" }, text(block.description, where)) : null),
  alert: (block, where) =>
    h("div", { class: `block alert ${block.level ?? "default"}`, role: "note" }, text(block.text, where)),
  card: (block, where) =>
    boxed("card",
      block.hero_image ? image(block.hero_image) : null,
      block.title ? h("p", { class: "heading" }, block.icon ? image(block.icon) : null, text(block.title, where)) : null,
      block.subtitle ? h("p", { class: "muted" }, text(block.subtitle, where)) : null,
      block.body ? h("p", {}, text(block.body, where)) : null,
      block.actions ? h("div", { class: "row" }, block.actions.map((e) => drawElement(block, e, where))) : null),
  carousel: (block, where) =>
    h("div", { class: "block carousel", tabindex: "0", role: "group", "aria-label": "Cards" },
      block.elements.map((card) => drawBlock(card, where))),
  container: (block, where) => container(block, where),
};

function container(block, where) {
  const title = block.title ? text(block.title, where) : richText(block.rich_text_title, where.names);
  const subtitle = block.subtitle ? h("p", { class: "muted" }, text(block.subtitle, where)) : null;
  const inner = block.child_blocks.map((one) => drawBlock(one, where));
  if (!block.is_collapsible) return boxed("card", h("div", { class: "heading" }, title), subtitle, inner);
  return h("details", { class: "block card", open: !block.default_collapsed }, h("summary", {}, title), subtitle, inner);
}

export function drawBlock(block, where) {
  const make = BLOCKS[block.type];
  return make ? make(block, where) : boxed("alert error", `This page cannot draw ${block.type}.`);
}

export const drawBlocks = (blocks, where) => blocks.map((block) => drawBlock(block, where));
