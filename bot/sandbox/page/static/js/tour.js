// The tour as the terminal tells it.

import { fill, h } from "./dom.js";

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

function steps(lines) {
  const list = h("ol", { class: "steps" });
  let evidence = null;
  for (const line of lines) {
    const step = /^\n?(\d+)\. (.*)$/s.exec(line);
    if (step) {
      evidence = h("dl", { class: "evidence" });
      list.append(h("li", {}, h("p", {}, h("strong", {}, step[2])), evidence));
    } else if (evidence && line.startsWith("   ")) {
      evidenceLine(evidence, line);
    } else {
      list.append(h("li", { class: "plain" }, line.trim()));
    }
  }
  return list;
}

// The terminal's lines: sixteen letters of a label, then what was seen; a line without label goes on.
function evidenceLine(evidence, line) {
  const label = line.slice(3, 19).trim();
  const said = line.slice(19).trim();
  if (!label) return evidence.lastElementChild?.append(` ${said}`);
  const kind = label === "FAILED" ? "error" : "";
  return evidence.append(h("dt", { class: kind }, label), h("dd", { class: kind }, said));
}
