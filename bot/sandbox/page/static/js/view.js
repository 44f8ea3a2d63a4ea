// What a modal or home tab holds while one types, and how its acts reach the bot.

import { post } from "./api.js";
import { tellTrouble, trouble } from "./dialogs.js";
import { FIELD } from "./controls.js";
import { act, app } from "./store.js";

const PAUSE = 400; // ms without a key before what is typed is kept beside the view
const drafts = new Map(); // by view id, then block_id/action_id
let timer = null;
let soon = null;

const keyOf = (block, element) => `${block.block_id}/${element.action_id}`;

function draftOf(view) {
  if (!drafts.has(view.id)) drafts.set(view.id, new Map());
  return drafts.get(view.id);
}

// Drop what belonged to fields that are gone; as Slack does, a field that stays keeps its value.
export function prune(view) {
  const there = new Set();
  for (const [block, elements] of Object.entries(view.state.values))
    for (const name of Object.keys(elements)) there.add(`${block}/${name}`);
  for (const key of draftOf(view).keys()) if (!there.has(key)) draftOf(view).delete(key);
}

export function valuesOf(view) {
  const values = {};
  for (const { block, element, value } of draftOf(view).values()) {
    values[block] = values[block] ?? {};
    values[block][element] = value;
  }
  return values;
}

export const untouched = (view) => draftOf(view).size === 0;

export function forget(view) {
  drafts.delete(view.id);
}

export function viewSurface(view, names, image, submit = () => {}) {
  const send = (name, details) => act(name, { view_id: view.id, values: valuesOf(view), ...details });
  const place = (block, element) => ({ block_id: block.block_id, action_id: element.action_id });
  const where = {
    surface: view.type,
    names,
    image,
    submit,
    held: (block, element) => {
      const draft = draftOf(view).get(keyOf(block, element));
      if (draft) return draft.value;
      return view.state.values[block.block_id]?.[element.action_id]?.[FIELD[element.type]] ?? null;
    },
    hold: (block, element, value) => {
      draftOf(view).set(keyOf(block, element), { block: block.block_id, element: element.action_id, value });
      clearTimeout(timer);
      timer = setTimeout(() => post("/act/hold", { person: app.person, view_id: view.id, values: valuesOf(view) }), PAUSE);
    },
    search: async (block, element, typed) => {
      const found = await post("/act/search", { person: app.person, view_id: view.id, values: valuesOf(view), ...place(block, element), typed });
      if (found.trouble) trouble(`Searching failed: ${found.trouble}`);
      return found.options ?? [];
    },
    act: async (block, element, chosen) => {
      clearTimeout(timer);
      tellTrouble(await send("tell", { ...place(block, element), chosen }), element.text?.text ?? "This");
    },
    soon: (what) => {
      clearTimeout(soon);
      soon = setTimeout(what, PAUSE);
    },
    send: (name) => {
      clearTimeout(timer);
      clearTimeout(soon);
      return send(name, {});
    },
  };
  return where;
}
