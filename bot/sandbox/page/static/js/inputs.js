// input blocks: label, control, hint and what is wrong with it.

import { fresh, h } from "./dom.js";
import { control } from "./controls.js";
import { plain, words } from "./mrkdwn.js";

const GROUPS = new Set(["checkboxes", "radio_buttons"]);

export function drawInput(block, where) {
  const element = block.element;
  const error = h("p", { class: "error", id: fresh("error"), dataset: { block: block.block_id }, role: "alert" });
  const hint = block.hint ? h("p", { class: "muted hint", id: fresh("hint") }, plain(block.hint)) : null;
  const input = GROUPS.has(element.type) ? undefined : fresh("input");
  const said = [plain(block.label), block.optional ? h("span", { class: "muted" }, " (optional)") : null];
  const use = {
    held: where.held(block, element),
    input,
    label: words(block.label),
    id: `${block.block_id}/${element.action_id}`,
    described: [hint?.id, error.id].filter(Boolean).join(" "),
    required: !block.optional,
    entersAtOnce: entersAtOnce(block, element),
    changed: (value, manner) => changed(block, element, value, manner, where),
    entered: (event) => entered(event, block, element, where),
  };
  const node = control(block, element, where, use);
  const label = input ? h("label", { for: input }, said) : h("p", { class: "label" }, said);
  return h("div", { class: "block input", dataset: { input: block.block_id } }, label, node, hint, error);
}

const triggers = (element) => element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];

const entersAtOnce = (block, element) => block.dispatch_action && triggers(element).includes("on_enter_pressed");

function changed(block, element, value, manner, where) {
  where.hold(block, element, value);
  if (!block.dispatch_action) return;
  if (manner === "choosing") where.act(block, element);
  else if (triggers(element).includes("on_character_entered")) where.soon(() => where.act(block, element));
}

// Enter tells the bot where it listens, else it submits, as in Slack.
function entered(event, block, element, where) {
  event.preventDefault();
  if (entersAtOnce(block, element)) where.act(block, element);
  else where.submit();
}
