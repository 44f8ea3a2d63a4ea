// Slack's mrkdwn as nodes. What it does not know stays text.

import { h } from "./dom.js";
import { spelled, withEmoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const MARKS = { "*": "strong", _: "em", "~": "s" };
const SCHEMES = /^(https?:|mailto:|tel:)/i;
const EDGE = /[\p{L}\p{N}]/u;

export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (found) => ENTITIES[found]);
}

// `names` tells what <@U…> and <#C…> stand for.
export function mrkdwn(text, names = {}) {
  return fences(text, names);
}

// plain_text as nodes, and as a text.
export const plain = ({ text, emoji }) => (emoji === false ? [text] : withEmoji(text));
export const words = ({ text, emoji }) => (emoji === false ? text : spelled(text));

function fences(text, names) {
  const nodes = [];
  text.split(/```/).forEach((part, index, all) => {
    const closed = index < all.length - 1;
    if (index % 2 === 1 && closed) {
      nodes.push(h("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    } else {
      nodes.push(...quotes(index % 2 === 1 ? "```" + part : part, names));
    }
  });
  return nodes;
}

function quotes(text, names) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, lines(quoted, names)));
    quoted = [];
  };
  let open = [];
  const flow = () => {
    if (open.length) nodes.push(...lines(open, names));
    open = [];
  };
  for (const line of text.split("\n")) {
    const mark = /^(&gt;|>) ?/.exec(line);
    if (mark) {
      flow();
      quoted.push(line.slice(mark[0].length));
    } else {
      flush();
      open.push(line);
    }
  }
  flow();
  flush();
  return nodes;
}

function lines(all, names) {
  return all.flatMap((line, index) => [...(index ? [h("br")] : []), ...inline(line, names)]);
}

function inline(text, names) {
  const nodes = [];
  let said = "";
  const flush = () => {
    if (said) nodes.push(...withEmoji(unescape(said)));
    said = "";
  };
  for (let i = 0; i < text.length; ) {
    const found = code(text, i) ?? angle(text, i, names) ?? marked(text, i, names);
    if (found) {
      flush();
      nodes.push(found.node);
      i = found.end;
    } else {
      said += text[i];
      i += 1;
    }
  }
  flush();
  return nodes;
}

function code(text, i) {
  if (text[i] !== "`") return null;
  const end = text.indexOf("`", i + 1);
  if (end <= i + 1) return null;
  return { node: h("code", {}, unescape(text.slice(i + 1, end))), end: end + 1 };
}

function marked(text, i, names) {
  const tag = MARKS[text[i]];
  if (!tag || (i > 0 && EDGE.test(text[i - 1])) || /\s|^$/.test(text[i + 1] ?? "")) return null;
  for (let end = text.indexOf(text[i], i + 2); end > 0; end = text.indexOf(text[i], end + 1)) {
    if (/\s/.test(text[end - 1]) || EDGE.test(text[end + 1] ?? "")) continue;
    return { node: h(tag, {}, inline(text.slice(i + 1, end), names)), end: end + 1 };
  }
  return null;
}

function angle(text, i, names) {
  if (text[i] !== "<") return null;
  const end = text.indexOf(">", i + 1);
  if (end < 0) return null;
  const [target, ...rest] = text.slice(i + 1, end).split("|");
  const node = reference(target, rest.join("|"), names);
  return node ? { node, end: end + 1 } : null;
}

function reference(target, label, names) {
  if (target.startsWith("@")) return mention(`@${names[target.slice(1)] ?? (label || "someone")}`);
  if (target.startsWith("#")) return mention(`#${names[target.slice(1)] ?? (label || "channel")}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention(`@${label || target.slice(1)}`);
  return SCHEMES.test(target) ? link(unescape(target), label ? unescape(label) : "") : null;
}

const mention = (words) => h("span", { class: "mention" }, words);

export function link(url, label) {
  if (!SCHEMES.test(url)) return document.createTextNode(label || url);
  const words = label ? withEmoji(label) : url;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

function date(target, label) {
  const [, seconds, format, url] = target.split("^");
  const words = dated(Number(seconds), format) || label;
  const node = url ? link(url, words) : h("time", {}, words);
  return node;
}

export function dated(seconds, format) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return "";
  const long = { year: "numeric", month: "long", day: "numeric" };
  const short = { year: "numeric", month: "short", day: "numeric" };
  const time = { hour: "2-digit", minute: "2-digit" };
  const shapes = {
    date_num: () => moment.toISOString().slice(0, 10),
    date: () => moment.toLocaleDateString([], long),
    date_short: () => moment.toLocaleDateString([], short),
    date_long: () => moment.toLocaleDateString([], { weekday: "long", ...long }),
    time: () => moment.toLocaleTimeString([], time),
    time_secs: () => moment.toLocaleTimeString([], { ...time, second: "2-digit" }),
    ago: () => moment.toLocaleString(),
  };
  return format.replace(/\{(\w+?)(_pretty)?\}/g, (all, name) => shapes[name]?.() ?? all);
}
