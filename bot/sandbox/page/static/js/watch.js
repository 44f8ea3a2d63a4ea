// What is new since the last look: told to those who do not see it, and refusals to everybody.

import { announce, trouble } from "./dialogs.js";
import { names } from "./store.js";

let seen = null;

export function watch({ data, person }) {
  const newest = {
    person,
    said: newestMessage(data),
    mails: data.mails[0]?.number ?? -1,
    refused: data.wire.find((one) => one.way === "bot → Slack" && !one.ok)?.id,
  };
  if (seen && seen.person === person) compare(seen, newest, data);
  seen = newest;
}

function newestMessage(data) {
  const last = data.slack.channels.map((channel) => ({ channel, message: channel.messages.at(-1) })).filter((one) => one.message);
  return last.sort((a, b) => (a.message.ts < b.message.ts ? 1 : -1))[0];
}

function compare(before, now, data) {
  if (now.said && now.said.message.ts !== before.said?.message.ts) {
    const place = now.said.channel.is_im ? "direct messages" : `#${now.said.channel.name}`;
    announce(`New in ${place}, from ${names()[now.said.message.user] ?? "somebody"}: ${now.said.message.text.slice(0, 200)}`);
  } else if (now.mails !== before.mails) {
    announce(`New mail: ${data.mails[0].subject}`);
  }
  const refusal = data.wire.find((one) => one.id === now.refused);
  if (refusal && now.refused !== before.refused) trouble(`Slack refuses ${refusal.name}: ${refusal.status.split(" · ")[0]}. ${refusal.why}`.slice(0, 500));
}
