// Business time goes forward, and what is due then is done.

import { post } from "./api.js";
import { tellTrouble } from "./dialogs.js";
import { fill, h, keep } from "./dom.js";
import { refresh } from "./store.js";

const words = (instant, zone) =>
  new Date(instant).toLocaleString([], { timeZone: zone, weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export function drawTime(node, data) {
  if (!node.firstElementChild) build(node);
  const { now, zone, next_day: day, next_period: period, runs } = data.time;
  node.querySelector(".now").textContent = `${words(now, zone)} in ${zone.replace("_", " ")}`;
  const [first, second] = node.querySelectorAll(".forward");
  first.dataset.to = day;
  second.dataset.to = period;
  node.querySelector(".day").textContent = words(day, zone);
  node.querySelector(".period").textContent = words(period, zone);
  const input = node.querySelector("input");
  if (!input.value) input.value = day.slice(0, 16);
  for (const button of node.querySelectorAll("button")) button.disabled = data.stage.is !== "ready" || node.dataset.busy === "1";
  keep(node.querySelector(".runs"), runs.map((one) => ({ ...one, when: words(one.at, zone) })), (one) => one.at, run);
}

function build(node) {
  const go = async (to) => {
    node.dataset.busy = "1";
    node.querySelector(".busy").hidden = false;
    for (const button of node.querySelectorAll("button")) button.disabled = true;
    tellTrouble(await post("/time", { to }), "Going forward");
    node.dataset.busy = "";
    node.querySelector(".busy").hidden = true;
    node.querySelector("input").value = "";
    await refresh();
  };
  const forward = (label, place) => h("p", { class: "row" },
    h("button", { class: "button forward", type: "button", onclick: (event) => go(event.currentTarget.dataset.to) }, label), h("span", { class: `muted ${place}` }));
  const input = h("input", { type: "datetime-local", id: "moment" });
  fill(node,
    h("h2", {}, "Business time"),
    h("p", {}, "It is ", h("strong", { class: "now" }), "."),
    h("p", { class: "muted" }, "Going forward runs the product’s own ", h("code", {}, "run-due --now"), ": everything that is due until then. Messages and mails keep the real time."),
    forward("To the next morning", "day"), forward("To after the month’s end", "period"),
    h("p", { class: "row" }, h("label", { for: "moment" }, "To"), input, h("button", { class: "button", type: "button", onclick: () => go(input.value) }, "Go")),
    h("p", { class: "busy", role: "status", hidden: true }, "Doing what is due…"),
    h("div", { class: "runs" }));
}

function run(one) {
  const counts = Object.entries(one.counts ?? {});
  const done = counts.filter(([, count]) => count);
  return h("article", { class: "checkout" },
    h("p", {}, h("strong", {}, one.when)),
    one.trouble ? h("p", { class: "error" }, one.trouble) : h("p", {}, done.length ? done.map(([name, count]) => `${name.replaceAll("_", " ")}: ${count}`).join(" · ") : "Nothing was due."),
    one.counts ? h("details", {}, h("summary", {}, "JSON"), h("pre", { tabindex: "0" }, JSON.stringify(one.counts, null, 2))) : null);
}
