// The modal on top of the stack, as a dialog of the browser.

import { drawBlocks, image } from "./blocks.js";
import { announce, tellTrouble, trouble } from "./dialogs.js";
import { fill, focusWithin, h, refocus } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { app, names } from "./store.js";
import { forget, prune, untouched, viewSurface } from "./view.js";

let dialog = null;
let shown = null; // what is drawn: id and hash
let returnTo = null;

export function drawModal({ data }) {
  const stack = data.slack.modals;
  const view = stack.at(-1);
  if (!view) return leave();
  if (!dialog) enter();
  const stamp = `${app.person}/${view.id}/${view.hash}`;
  // Somebody else may be typing into it: the tour does. What is typed here is drawn already.
  const typed = JSON.stringify(view.state.values);
  if (shown?.stamp !== stamp || (shown.typed !== typed && untouched(view))) redraw(view, stack.length, stamp);
  shown.typed = typed;
  showErrors(view.errors ?? {});
}

function enter() {
  returnTo = document.activeElement;
  dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function leave() {
  if (!dialog) return;
  dialog.close();
  dialog.remove();
  dialog = null;
  shown = null;
  const back = returnTo?.isConnected ? returnTo : document.getElementById("composer-text");
  back?.focus();
}

function redraw(view, depth, stamp) {
  const again = shown?.view.id === view.id;
  const focused = again ? focusWithin(dialog) : null;
  const top = again ? dialog.querySelector(".body")?.scrollTop : 0;
  prune(view);
  const where = viewSurface(view, names(), image, submit);
  shown = { stamp, view, where, busy: false };
  const title = h("h2", { id: "modal-title", tabindex: "-1" }, plain(view.title));
  const closer = h("button", { class: "quiet", type: "button", "aria-label": depth > 1 ? "Back" : "Close", onclick: close }, depth > 1 ? "←" : "×");
  const body = h("div", { class: "body", tabindex: "0" }, drawBlocks(view.blocks, where));
  const cancel = h("button", { class: "button", type: "button", onclick: close }, view.close ? plain(view.close) : depth > 1 ? "Back" : view.submit ? "Cancel" : "Close");
  const send = view.submit ? h("button", { class: "button primary", type: "button", disabled: Boolean(view.submit_disabled), dataset: { submit: "" }, onclick: submit }, plain(view.submit)) : null;
  fill(dialog, h("header", {}, depth > 1 ? closer : null, title, depth > 1 ? null : closer), body, h("footer", { class: "row end" }, cancel, send));
  body.scrollTop = top ?? 0;
  if (focused) refocus(dialog, focused);
  else firstField(body, view, title);
}

// The field that wants the focus, else the first one to type into; on a touch screen that would
// raise the keyboard over what is to be read, so there, as without fields, it is the title.
function firstField(body, view, title) {
  const wanted = view.blocks.flatMap((block) => [block.element, block.accessory, ...(block.elements ?? [])]).find((one) => one?.focus_on_load);
  const named = wanted ? body.querySelector(`[data-focus$="/${CSS.escape(wanted.action_id)}"]`) : null;
  const first = matchMedia("(pointer: fine)").matches ? [...body.querySelectorAll('input[type="text"], textarea')].find(empty) : null;
  (named ?? first ?? title).focus({ preventScroll: true });
}

const empty = (field) => !field.value && !field.closest(".box")?.querySelector(".chip");

function showErrors(errors) {
  for (const place of dialog.querySelectorAll(".error")) {
    const sentence = errors[place.dataset.block] ?? "";
    if (place.textContent === sentence) continue;
    place.textContent = sentence;
    const input = place.parentNode.querySelector("input, textarea, select");
    input?.setAttribute("aria-invalid", String(Boolean(sentence)));
  }
}

// Until the bot has answered nothing closes what was sent: its answer belongs to this view.
function busy(is) {
  if (shown) shown.busy = is;
  for (const button of dialog?.querySelectorAll("header button, footer button") ?? []) button.disabled = is;
  dialog?.classList.toggle("busy", is);
}

async function submit() {
  if (!shown?.view.submit || shown.busy) return;
  showErrors({});
  busy(true);
  const { view, where } = shown;
  const done = await where.send("submit");
  busy(false);
  if (done.trouble) return trouble(`We had some trouble connecting. Try again? (${done.trouble})`);
  if (done.action === "errors") {
    const first = [...(dialog?.querySelectorAll(".error") ?? [])].find((one) => one.textContent);
    (first?.parentNode.querySelector("input, textarea, select, [tabindex]") ?? first)?.focus();
  } else if (done.action === "close" || done.action === "clear") {
    forget(view);
    announce("Sent.");
  }
  return undefined;
}

async function close() {
  if (!shown || shown.busy) return;
  const { view, where } = shown;
  tellTrouble(await where.send("close"), "Closing");
  forget(view);
}
