// What is known and what is chosen; whoever draws asks here.

import { get, post } from "./api.js";

const remembered = JSON.parse(sessionStorage.getItem("chosen") ?? "{}");
const asked = new URLSearchParams(location.search);

export const app = {
  data: null, // the last answer of /state
  person: asked.get("person") ?? remembered.person ?? "U01ANNA",
  channel: remembered.channel ?? null, // an id, or "home"
  thread: null, // ts of the parent
  pane: asked.get("pane") ?? remembered.pane ?? null, // what stands beside the conversation
  phone: asked.get("show") ?? "slack", // what a phone shows
  read: remembered.read ?? {}, // newest ts seen, by person and channel
};

const drawers = [];
export const onDraw = (draw) => drawers.push(draw);

export function draw() {
  if (!app.data) return;
  const { person, channel, pane, read } = app;
  sessionStorage.setItem("chosen", JSON.stringify({ person, channel, pane, read }));
  for (const each of drawers) each(app);
}

export function choose(changes) {
  Object.assign(app, changes);
  draw();
}

let asking = null;
let again = false;

// One question at a time; what changes meanwhile is asked for once more.
export function refresh() {
  if (asking) {
    again = true;
    return asking;
  }
  asking = ask().finally(() => {
    asking = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return asking;
}

async function ask() {
  const person = app.person;
  const answer = await get(`/state?person=${encodeURIComponent(person)}`);
  if (answer.trouble === "gone") return;
  if (answer.trouble && person !== "U01ANNA") {
    app.person = "U01ANNA";
    again = true;
    return;
  }
  if (answer.trouble || person !== app.person) {
    again = person !== app.person;
    return;
  }
  app.data = answer;
  app.pane ??= answer.stage.touring || answer.stage.is === "starting" ? "tour" : "mail";
  settle();
  draw();
}

// A conversation that this person can see.
function settle() {
  const seen = app.data.slack.channels;
  if (app.channel === "home" || seen.some((channel) => channel.id === app.channel)) return;
  app.channel = seen.find((channel) => !channel.is_im)?.id ?? seen[0]?.id ?? null;
  app.thread = null;
}

export async function act(name, details) {
  const answer = await post(`/act/${name}`, { person: app.person, ...details });
  await refresh();
  return answer;
}

export const channelNow = () => app.data.slack.channels.find((one) => one.id === app.channel);

export function names() {
  const named = {};
  for (const person of app.data.slack.people) named[person.id] = person.real_name;
  for (const channel of app.data.slack.channels) if (channel.name) named[channel.id] = channel.name;
  return named;
}
