// Stripe's side: each checkout, what may happen to it, and how events travel.

import { post } from "./api.js";
import { tellTrouble } from "./dialogs.js";
import { fill, h, keep } from "./dom.js";
import { refresh } from "./store.js";

const MANNERS = {
  normal: "at once",
  late: "late, by 10 seconds",
  duplicate: "twice",
  shuffle: "in random order",
  hold: "only when released",
  never: "never",
};
const TONE = { paid: "good", processing: "busy", failed: "bad", expired: "off", open: "off" };

export function drawGateway(node, data) {
  if (!node.firstElementChild) build(node);
  const { checkouts, events, manner, held, captured } = data.gateway;
  node.querySelector(".captured").textContent = captured;
  const select = node.querySelector("select");
  if (document.activeElement !== select) select.value = manner;
  const release = node.querySelector(".release");
  release.hidden = held === 0;
  release.textContent = `Release ${held}`;
  keep(node.querySelector(".checkouts"), checkouts, (one) => one.id, checkout);
  node.querySelector(".empty").hidden = checkouts.length > 0;
  keep(node.querySelector(".events"), events, (one) => one.id, event_);
}

function build(node) {
  const select = h("select", { id: "manner", onchange: (event) => press("events", { mode: event.target.value, seconds: "10", copies: "2" }) },
    Object.entries(MANNERS).map(([id, words]) => h("option", { value: id }, words)));
  const release = h("button", { class: "button small release", type: "button", onclick: () => press("release_events", {}) });
  fill(node,
    h("h2", {}, "Stripe"),
    h("p", { class: "muted" }, "Captured: ", h("strong", { class: "captured" })),
    h("p", { class: "row" }, h("label", { for: "manner" }, "Events arrive"), select, release),
    h("p", { class: "empty" }, "No checkout yet. Open a mail, follow its link and press a button there."),
    h("div", { class: "checkouts" }),
    h("details", {}, h("summary", {}, "Events"), h("div", { class: "events" })));
}

async function press(act, fields) {
  tellTrouble(await post(`/gateway/${act}`, fields), act.replaceAll("_", " "));
  await refresh();
}

function control(one) {
  return h("button", {
    class: "button small", type: "button", dataset: { focus: `${one.act}-${one.id}` },
    onclick: (event) => { event.currentTarget.disabled = true; press(one.act, { id: one.id }); },
  }, one.words);
}

function checkout(one) {
  const open = one.url ? h("a", { class: "button small", href: one.url, target: "_blank", rel: "noopener" }, "Open checkout ↗") : null;
  const refund = one.acts.some((each) => each.act === "refund") ? partly(one) : null;
  return h("article", { class: "checkout" },
    h("p", { class: "row" }, h("strong", { class: "grow" }, one.amount, " ", one.currency), h("span", { class: `state ${TONE[one.state] ?? ""}` }, one.state)),
    h("p", {}, one.about),
    h("p", { class: "muted" }, one.method, " · ", new Date(one.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
    one.acts.length || open ? h("div", { class: "row" }, open, one.acts.map(control), refund) : null,
    one.more.map((each) => h("div", { class: "row more" }, h("span", { class: "grow" }, each.says), each.acts.map(control))));
}

// A part of it: minor units are Stripe's, so a person types the amount as it is shown.
function partly(one) {
  const input = h("input", { type: "text", inputmode: "decimal", "aria-label": `Part of ${one.amount} to refund`, placeholder: "part", class: "part" });
  const digits = (one.amount.split(".")[1] ?? "").length;
  const go = () => {
    const amount = Math.round(Number(input.value.replace(",", ".")) * 10 ** digits);
    if (amount > 0) press("refund", { id: one.id, amount: String(amount) });
    else input.focus();
  };
  return h("span", { class: "row tight" }, input, h("button", { class: "button small", type: "button", onclick: go }, "Refund a part"));
}

function event_(one) {
  const told = one.answers.length ? one.answers.map((status) => status ?? "no answer").join(", ") : "not sent";
  return h("div", { class: "row event" },
    h("span", { class: "grow" }, h("code", {}, one.type), h("span", { class: "muted" }, ` ${told}`)),
    h("button", { class: "button small", type: "button", dataset: { focus: `again-${one.id}` }, "aria-label": `Send ${one.type} again`, onclick: () => press("redeliver", { id: one.id }) }, "Again"));
}
