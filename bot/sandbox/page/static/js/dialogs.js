// Confirmations and passing notices.

import { h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

const toasts = () => document.getElementById("notices");

export function notice(words, kind = "plain", seconds = 7) {
  const close = h("button", { class: "quiet", "aria-label": "Dismiss", type: "button" }, "×");
  const node = h("div", { class: `notice ${kind}` }, h("p", {}, words), close);
  close.addEventListener("click", () => node.remove());
  toasts().append(node);
  while (toasts().children.length > 3) toasts().firstElementChild.remove();
  setTimeout(() => node.remove(), seconds * 1000);
}

export const trouble = (words) => notice(words, "bad", 12);

// What Slack's client says when the bot did not answer as it should.
export function tellTrouble(answer, what) {
  if (!answer?.trouble) return false;
  const reasons = {
    operation_timeout: "the bot did not answer within 3 seconds (operation_timeout)",
    dispatch_failed: "the bot answered with an error (dispatch_failed)",
  };
  trouble(`${what} failed: ${reasons[answer.trouble] ?? answer.trouble}`);
  return true;
}

const text = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object));

// Slack's confirmation; true when it was confirmed.
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  return new Promise((answer) => {
    const yes = h("button", { class: `button ${question.style ?? "primary"}`, value: "yes" });
    yes.append(...plain(question.confirm));
    const no = h("button", { class: "button", value: "no", autofocus: true });
    no.append(...plain(question.deny));
    const title = h("h2", { id: "confirm-title" }, plain(question.title));
    const dialog = h(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title" },
      h("form", { method: "dialog" }, title, h("p", {}, text(question.text)),
        h("div", { class: "row end" }, no, yes)),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Words for those who do not see that something arrived.
export function announce(words) {
  document.getElementById("announcer").textContent = words;
}
