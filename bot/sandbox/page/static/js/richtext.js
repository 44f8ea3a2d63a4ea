// rich_text blocks, and the markdown block.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { dated, link } from "./mrkdwn.js";

const WRAPS = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u", highlight: "mark" };

const PARTS = {
  text: (part) => part.text,
  link: (part) => link(part.url, part.text ?? ""),
  user: (part, names) => h("span", { class: "mention" }, `@${names[part.user_id] ?? "someone"}`),
  usergroup: () => h("span", { class: "mention" }, "@group"),
  channel: (part, names) => h("span", { class: "mention" }, `#${names[part.channel_id] ?? "channel"}`),
  emoji: (part) => emoji(part.name),
  broadcast: (part) => h("span", { class: "mention" }, `@${part.range}`),
  date: (part) => dated(part.timestamp, part.format) || part.fallback || "",
  color: (part) => h("span", { class: "mention" }, part.value),
};

function part(one, names) {
  let node = PARTS[one.type]?.(one, names) ?? "";
  for (const [style, tag] of Object.entries(WRAPS)) if (one.style?.[style]) node = h(tag, {}, node);
  return node;
}

const line = (one, names) => one.elements.map((each) => part(each, names));

const BODIES = {
  rich_text_section: (one, names) => h("p", { class: "flow" }, line(one, names)),
  rich_text_quote: (one, names) => h("blockquote", {}, line(one, names)),
  rich_text_preformatted: (one, names) => h("pre", {}, line(one, names)),
  rich_text_list: (one, names) =>
    h(
      one.style === "ordered" ? "ol" : "ul",
      { class: `indent-${one.indent ?? 0}`, start: one.offset ? one.offset + 1 : undefined },
      one.elements.map((each) => h("li", {}, line(each, names))),
    ),
};

export const richText = (block, names) =>
  block.elements.map((one) => BODIES[one.type]?.(one, names) ?? null);

// Enough of CommonMark for what a bot says: headings, lists, emphasis, code and links.
export function markdown(text) {
  return text.split(/\n{2,}/).map((paragraph) => {
    const heading = /^(#{1,6}) (.*)$/.exec(paragraph);
    if (heading) return h("p", { class: "heading" }, spans(heading[2]));
    const rows = paragraph.split("\n");
    if (rows.every((row) => /^[-*] /.test(row)))
      return h("ul", {}, rows.map((row) => h("li", {}, spans(row.slice(2)))));
    return h("p", { class: "flow" }, rows.flatMap((row, i) => [i ? h("br") : null, spans(row)]));
  });
}

const SPAN = /\*\*(.+?)\*\*|`(.+?)`|\[(.+?)\]\((\S+?)\)|_(.+?)_|\*(.+?)\*/g;

function spans(text) {
  const nodes = [];
  let last = 0;
  for (const found of text.matchAll(SPAN)) {
    nodes.push(text.slice(last, found.index));
    const [all, bold, code, label, url, under, star] = found;
    if (bold) nodes.push(h("strong", {}, bold));
    else if (code) nodes.push(h("code", {}, code));
    else if (url) nodes.push(link(url, label));
    else nodes.push(h("em", {}, under ?? star));
    last = found.index + all.length;
  }
  nodes.push(text.slice(last));
  return nodes;
}
