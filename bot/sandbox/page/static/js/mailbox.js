// The customers' mailbox: a list, and one mail with its parts.

import { get } from "./api.js";
import { fill, h, keep } from "./dom.js";

const PARTS = ["Mail", "Text", "Headers"];
const now = { open: null, part: "Mail" };
let last = null;

export function drawMailbox(node, data) {
  last = { node, data };
  const mail = data.mails.find((one) => one.number === now.open);
  const stamp = mail ? `${mail.number}/${now.part}` : "list";
  if (node.dataset.stamp !== stamp) {
    node.dataset.stamp = stamp;
    node.replaceChildren();
    if (mail) drawMail(node, mail);
    else node.append(h("h2", {}, "Mailbox"), h("p", { class: "muted" }, "Every mail that left the bot, whoever it was for."), h("div", { class: "mails" }));
  }
  if (!mail) drawList(node.querySelector(".mails"), data.mails);
}

function drawList(list, mails) {
  keep(list, mails, (one) => one.number, entry);
  if (!mails.length && !list.children.length) list.append(h("p", { class: "empty" }, "No mail yet. Send an invoice: it arrives here a few seconds later."));
  if (mails.length) list.querySelector(".empty")?.remove();
}

function show(number, part = "Mail") {
  Object.assign(now, { open: number, part });
  drawMailbox(last.node, last.data);
}

const when = (mail) => new Date(mail.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function entry(mail) {
  const clip = mail.attachments.length ? ` · ${mail.attachments.length} attached` : "";
  return h("button", { class: "mail-entry", type: "button", dataset: { focus: `mail-${mail.number}` }, onclick: () => { show(mail.number); last.node.querySelector(".back").focus(); } },
    h("span", { class: "row" }, h("strong", { class: "grow" }, mail.to), h("time", {}, when(mail))),
    h("span", { class: "subject" }, mail.subject),
    h("span", { class: "muted" }, mail.snippet, clip));
}

function drawMail(node, mail) {
  const back = h("button", { class: "quiet back", type: "button", onclick: () => { show(null); last.node.querySelector(`[data-focus="mail-${mail.number}"]`)?.focus(); } }, "← All mail");
  const parts = [...PARTS.map((words) => part(mail, words, words)), ...mail.attachments.map((one) => part(mail, one.url, attachmentWords(one)))];
  const body = h("div", { class: "mail-body" });
  node.append(back, h("h2", {}, mail.subject),
    h("p", { class: "muted" }, `${mail.from} → ${mail.to}`),
    h("div", { class: "row parts", role: "group", "aria-label": "Parts of the mail" }, parts), body);
  drawPart(body, mail);
}

function part(mail, id, words) {
  return h("button", { class: "button small", type: "button", "aria-pressed": String(now.part === id), onclick: () => show(mail.number, id) }, words);
}

const attachmentWords = (one) => `${one.type === "application/pdf" ? "PDF" : "Attached"}: ${one.name}`;

async function drawPart(body, mail) {
  const attached = mail.attachments.find((one) => one.url === now.part);
  if (attached) return fill(body, pdf(attached));
  if (now.part === "Mail") return fill(body, h("iframe", { src: `/mail/${mail.number}/html`, title: `Mail: ${mail.subject}`, sandbox: "allow-popups allow-popups-to-escape-sandbox" }));
  const parts = await get(`/mail/${mail.number}/parts`);
  if (now.part === "Text") return fill(body, h("pre", { class: "plain", tabindex: "0" }, parts.text));
  return fill(body, h("dl", { class: "headers" }, (parts.headers ?? []).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

function pdf(attached) {
  const tab = h("a", { href: attached.url, target: "_blank", rel: "noopener" }, `Open ${attached.name} in a tab`);
  return [h("p", {}, tab, h("span", { class: "muted" }, ` ${Math.ceil(attached.size / 1024)} KB`)), h("iframe", { class: "pdf", src: attached.url, title: attached.name })];
}
