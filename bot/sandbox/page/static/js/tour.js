// The tour as the terminal tells it.

import { fill, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { names } from "./store.js";

export function drawTour(node, data) {
  const { tour, touring } = data.stage;
  const stamp = `${tour.length}/${tour.at(-1)}/${touring}`;
  if (node.dataset.stamp === stamp) return;
  node.dataset.stamp = stamp;
  const atEnd = node.parentNode.scrollHeight - node.parentNode.scrollTop - node.parentNode.clientHeight < 80;
  fill(node, h("h2", {}, "Tour"),
    h("p", { class: "muted" }, tour.length ? "Sally, Mara and Carlos act; change into one of them to see what they see." : "No tour is playing: walk about by hand."),
    steps(tour));
  if (touring && atEnd) node.parentNode.scrollTop = node.parentNode.scrollHeight;
}

// The terminal's lines: a step, sixteen letters of a label with what was seen, or a line that goes on.
function parsed(lines) {
  const told = [];
  for (const line of lines) {
    const step = /^\n?(\d+)\. (.*)$/s.exec(line);
    const evidence = told.at(-1)?.evidence;
    if (step) told.push({ title: step[2], evidence: [] });
    else if (!evidence || !line.startsWith("   ")) told.push({ plain: line.trim() });
    else if (line.slice(3, 19).trim()) evidence.push({ label: line.slice(3, 19).trim(), said: line.slice(19).trim() });
    else if (evidence.length) evidence.at(-1).said += ` ${line.trim()}`;
  }
  return told;
}

function steps(lines) {
  const called = names();
  return h("ol", { class: "steps" }, parsed(lines).map((one) => {
    if (one.plain !== undefined) return h("li", { class: "plain" }, one.plain);
    const rows = one.evidence.map(({ label, said }) => {
      const kind = label === "FAILED" ? "error" : "";
      return [h("dt", { class: kind }, label), h("dd", { class: kind }, mrkdwn(said, called))];
    });
    return h("li", {}, h("p", {}, h("strong", {}, one.title)), h("dl", { class: "evidence" }, rows));
  }));
}
