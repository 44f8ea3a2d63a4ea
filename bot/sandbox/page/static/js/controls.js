// The controls that hold a value: what Slack calls inputs, pickers and selects.

import { fresh, h } from "./dom.js";
import { combobox } from "./combobox.js";
import { mrkdwn, plain, words } from "./mrkdwn.js";
import { app } from "./store.js";

// Where the state of each kind keeps its value.
export const FIELD = {
  plain_text_input: "value", email_text_input: "value", url_text_input: "value", number_input: "value",
  rich_text_input: "rich_text_value", file_input: "files",
  static_select: "selected_option", external_select: "selected_option", radio_buttons: "selected_option",
  checkboxes: "selected_options", multi_static_select: "selected_options", multi_external_select: "selected_options",
  users_select: "selected_user", multi_users_select: "selected_users",
  conversations_select: "selected_conversation", multi_conversations_select: "selected_conversations",
  channels_select: "selected_channel", multi_channels_select: "selected_channels",
  datepicker: "selected_date", timepicker: "selected_time", datetimepicker: "selected_date_time",
};
export const KINDS = Object.keys(FIELD);

export const stateOf = (element, value) => ({ [FIELD[element.type]]: value });

export const allOptions = (element) => [
  ...(element.options ?? []),
  ...(element.option_groups ?? []).flatMap((group) => group.options),
];

// `use`: held, changed(value), entered(value) when Enter tells the bot, label, id, described.
export function control(block, element, where, use) {
  const make = MAKERS[element.type];
  const node = make ? make(element, use, where, block) : h("em", {}, `This page cannot draw ${element.type}.`);
  return node;
}

const common = (element, use) => ({
  id: use.input,
  "aria-label": use.input ? undefined : use.label,
  "aria-describedby": use.described,
  "aria-required": use.required ? "true" : undefined,
  placeholder: element.placeholder?.text,
  dataset: { focus: use.id },
});

function typed(kind) {
  return (element, use) => {
    const many = element.multiline;
    const node = h(many ? "textarea" : "input", {
      ...common(element, use),
      ...(many ? { rows: 4 } : { type: kind.type, inputmode: kind.mode, autocomplete: "off" }),
      value: use.held ?? "",
      oninput: () => use.changed(node.value || null, "typing"),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && (!many || use.entersAtOnce)) use.entered?.(event);
      },
    });
    return node;
  };
}

function richTextInput(element, use) {
  const section = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] });
  const before = use.held?.elements?.[0]?.elements?.map((part) => part.text ?? "").join("") ?? "";
  const node = h("textarea", { ...common(element, use), rows: 4, value: before, oninput: () => use.changed(node.value ? section(node.value) : null, "typing") });
  return node;
}

function chosen(element, use, options) {
  const node = h("select", common(element, use));
  delete node.placeholder;
  node.append(h("option", { value: "" }, element.placeholder?.text ?? "Choose…"));
  options.forEach((option, i) => node.append(h("option", { value: String(i) }, option.words)));
  const held = options.findIndex((option) => JSON.stringify(option.value) === JSON.stringify(use.held));
  node.value = held < 0 ? "" : String(held);
  node.addEventListener("change", () => use.changed(node.value === "" ? null : options[Number(node.value)].value, "choosing"));
  return node;
}

const asOptions = (element) => allOptions(element).map((option) => ({ words: words(option.text), value: option }));
const people = () => app.data.slack.people.filter((one) => !one.is_bot).map((one) => ({ words: one.real_name, value: one.id }));
const channels = () => app.data.slack.channels.filter((one) => !one.is_im).map((one) => ({ words: `#${one.name}`, value: one.id }));
const conversations = () => [...channels(), ...app.data.slack.channels.filter((one) => one.is_im).map((one) => ({ words: "Payment Links (direct messages)", value: one.id }))];

const single = (source) => (element, use) => chosen(element, use, source(element));

// Several of a known list: the same box as for a search, over what is already there.
const several = (source) => (element, use) => {
  const known = source(element);
  const option = (one) => ({ text: { type: "plain_text", text: one.words }, value: JSON.stringify(one.value) });
  const byName = new Map(known.map((one) => [JSON.stringify(one.value), one.value]));
  const held = known.filter((one) => (use.held ?? []).some((v) => JSON.stringify(v) === JSON.stringify(one.value))).map(option);
  return combobox({
    ...use,
    held,
    many: true,
    placeholder: element.placeholder?.text,
    most: element.max_selected_items,
    search: async (typed) => known.filter((one) => one.words.toLowerCase().includes(typed.toLowerCase())).map(option),
    least: 0,
    changed: (options) => use.changed(options.map((one) => byName.get(one.value)), "choosing"),
  });
};

function external(element, use, where, block) {
  const many = element.type.startsWith("multi_");
  return combobox({
    ...use,
    held: many ? (use.held ?? []) : use.held ? [use.held] : [],
    many,
    placeholder: element.placeholder?.text,
    most: element.max_selected_items,
    least: element.min_query_length ?? 3,
    search: (typed) => where.search(block, element, typed),
    changed: (options) => use.changed(many ? options : (options[0] ?? null), "choosing"),
  });
}

function ticks(type) {
  return (element, use) => {
    const name = fresh("group");
    const boxes = element.options.map((option, i) => {
      const held = [use.held ?? []].flat().some((one) => one.value === option.value);
      const box = h("input", { type, name, value: String(i), checked: held, dataset: { focus: `${use.id}/${option.value}` } });
      const said = option.text.type === "mrkdwn" ? mrkdwn(option.text.text) : plain(option.text);
      const more = option.description ? h("span", { class: "muted" }, plain(option.description)) : null;
      return h("label", { class: "tick" }, box, h("span", {}, said, more));
    });
    const group = h("div", { class: "ticks", role: type === "radio" ? "radiogroup" : "group", "aria-label": use.label, "aria-describedby": use.described }, boxes);
    group.addEventListener("change", () => {
      const now = [...group.querySelectorAll("input:checked")].map((box) => element.options[Number(box.value)]);
      use.changed(type === "radio" ? (now[0] ?? null) : now, "choosing");
    });
    return group;
  };
}

function moment(type) {
  return (element, use) => {
    const node = h("input", { ...common(element, use), type, value: use.held ?? "" });
    node.addEventListener("change", () => use.changed(node.value || null, "choosing"));
    return node;
  };
}

function instant(element, use) {
  const local = (seconds) => {
    const when = new Date(seconds * 1000);
    return new Date(when - when.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  };
  const node = h("input", { ...common(element, use), type: "datetime-local", value: use.held ? local(use.held) : "" });
  node.addEventListener("change", () => use.changed(node.value ? Math.round(new Date(node.value) / 1000) : null, "choosing"));
  return node;
}

const files = () => h("p", { class: "muted" }, "Files cannot be uploaded here.");

export const MAKERS = {
  plain_text_input: typed({ type: "text" }),
  email_text_input: typed({ type: "text", mode: "email" }),
  url_text_input: typed({ type: "text", mode: "url" }),
  number_input: typed({ type: "text", mode: "decimal" }),
  rich_text_input: richTextInput,
  file_input: files,
  static_select: single(asOptions),
  users_select: single(people),
  channels_select: single(channels),
  conversations_select: single(conversations),
  multi_static_select: several(asOptions),
  multi_users_select: several(people),
  multi_channels_select: several(channels),
  multi_conversations_select: several(conversations),
  external_select: external,
  multi_external_select: external,
  checkboxes: ticks("checkbox"),
  radio_buttons: ticks("radio"),
  datepicker: moment("date"),
  timepicker: moment("time"),
  datetimepicker: instant,
};
