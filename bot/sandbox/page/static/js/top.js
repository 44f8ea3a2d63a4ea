// Who one is, and how far the demo has got.

import { post } from "./api.js";
import { fill, h } from "./dom.js";
import { app, choose, refresh } from "./store.js";

const select = document.getElementById("person");
const stage = document.getElementById("stage");

function become(person) {
  choose({ person, thread: null });
  refresh();
}

select.addEventListener("change", () => become(select.value));

export function drawTop({ data, person }) {
  const people = data.slack.people.filter((one) => !one.is_bot);
  const words = (one) => `${one.real_name} · ${data.stage.roles[one.id] ?? "guest"}`;
  const stamp = people.map(words).join();
  if (select.dataset.stamp !== stamp) {
    select.dataset.stamp = stamp;
    fill(select, people.map((one) => h("option", { value: one.id }, words(one))));
  }
  select.value = person;
  drawStage(data.stage, people);
}

// The tour is best seen as the one who acts in it: the step begins with their name.
function drawStage(now, people) {
  const touring = now.is === "ready" && now.touring;
  const step = [...now.tour].reverse().find((line) => /^\n?\d+\. /.test(line))?.trim();
  const said = now.is === "starting" ? "The bot is starting: a few seconds…" : now.is === "failed" ? "The bot did not start; the terminal says why." : touring ? `Tour ${step ?? "begins"}` : "";
  const actor = touring ? people.find((one) => step?.replace(/^\d+\. /, "").startsWith(one.real_name.split(" ")[0])) : null;
  const stamp = `${now.is}${said}${app.person}`;
  if (stage.dataset.stamp === stamp) return;
  stage.dataset.stamp = stamp;
  stage.className = now.is === "failed" ? "bad" : touring ? "touring" : "";
  stage.title = said;
  const skip = h("button", { class: "button small", type: "button", onclick: () => post("/tour/skip") }, "Skip the rest");
  const be = actor && actor.id !== app.person ? h("button", { class: "button small", type: "button", onclick: () => become(actor.id) }, `Be ${actor.real_name.split(" ")[0]}`) : null;
  fill(stage, h("span", {}, said), be, touring ? skip : null);
}
