// The :names: that a payments bot says. The common ones are drawn here, so that they look the same
// on a machine without an emoji font; the others are what the system has, or stay as written.

const SIGNS = {
  white_check_mark: "✅", heavy_check_mark: "✅", x: "❌", warning: "⚠️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", leftwards_arrow_with_hook: "↩️", bank: "🏦", email: "✉️",
  envelope: "✉️", incoming_envelope: "📨", no_entry: "⛔", no_entry_sign: "🚫",
  grey_question: "❔", question: "❓", rotating_light: "🚨", raised_hand: "✋", memo: "📝",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴",
  information_source: "ℹ️", moneybag: "💰", credit_card: "💳", receipt: "🧾",
  page_facing_up: "📄", link: "🔗", lock: "🔒", bell: "🔔", tada: "🎉", eyes: "👀",
  calendar: "📅", clock3: "🕒", exclamation: "❗", tulip: "🌷", rose: "🌹", bouquet: "💐", zap: "⚡",
};

const GREEN = "#2c7a54";
const RED = "#b3343a";
const AMBER = "#d9a21b";
const GREY = "#6b746f";
const DARK = "#3b423e";

const disc = (fill) => ["circle", { cx: 8, cy: 8, r: 7, fill }];
const stroke = (d, colour = "#fff", width = 2) => ["path", { d, fill: "none", stroke: colour, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" }];
const solid = (d, fill) => ["path", { d, fill }];

const HOURGLASS = [stroke("M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12", DARK, 1.4), solid("M5.5 13.5h5L8 10.5z", AMBER)];
const ENVELOPE = [["rect", { x: 1.5, y: 3, width: 13, height: 10, rx: 1.5, fill: "#e9eef3", stroke: DARK, "stroke-width": 1.2 }], stroke("M2 4l6 5 6-5", DARK, 1.2)];
const BARRED = [disc(RED), stroke("M4.5 8h7")];
const CHECK = [["rect", { x: 1, y: 1, width: 14, height: 14, rx: 3, fill: GREEN }], stroke("M4.5 8.3l2.5 2.5 4.7-5.3")];

const DRAWN = {
  white_check_mark: CHECK,
  heavy_check_mark: CHECK,
  x: [disc(RED), stroke("M5.5 5.5l5 5M10.5 5.5l-5 5")],
  warning: [solid("M8 1.3L15.3 14.3H.7z", AMBER), stroke("M8 6v4M8 12.2v.01", "#2b2410", 1.7)],
  hourglass: HOURGLASS,
  hourglass_flowing_sand: HOURGLASS,
  leftwards_arrow_with_hook: [stroke("M6 4L2.5 7.5 6 11M3 7.5h7a3 3 0 0 1 0 6H8", DARK, 1.7)],
  bank: [solid("M8 1.2L15 5.5H1z", DARK), stroke("M3.5 7v5M6.5 7v5M9.5 7v5M12.5 7v5M1.5 14h13", DARK, 1.4)],
  email: ENVELOPE,
  envelope: ENVELOPE,
  incoming_envelope: ENVELOPE,
  no_entry: BARRED,
  no_entry_sign: [["circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: RED, "stroke-width": 2 }], stroke("M4 12L12 4", RED)],
  grey_question: [disc(GREY), stroke("M6 6.3a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.3M8 12v.01", "#fff", 1.6)],
  rotating_light: [solid("M3.5 12V9a4.5 4.5 0 0 1 9 0v3z", RED), stroke("M2.5 14h11M8 1.2v1.3M2.8 3.3l.9.9M13.2 3.3l-.9.9", DARK, 1.4)],
  raised_hand: [solid("M5 1h6l4 4v6l-4 4H5l-4-4V5z", AMBER), stroke("M8 4.5v4.5M8 11.5v.01", "#2b2410", 1.8)],
  memo: [["rect", { x: 2.5, y: 1.5, width: 11, height: 13, rx: 1.5, fill: "#f4f1e6", stroke: DARK, "stroke-width": 1.2 }], stroke("M5 5h6M5 8h6M5 11h3.5", DARK, 1.2)],
  large_green_circle: [disc(GREEN)],
  large_yellow_circle: [disc(AMBER)],
  red_circle: [disc(RED)],
};

const SVG = "http://www.w3.org/2000/svg";

function drawing(name) {
  const node = document.createElementNS(SVG, "svg");
  const given = { viewBox: "0 0 16 16", class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") };
  for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
  for (const [tag, attributes] of DRAWN[name]) {
    const part = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    node.append(part);
  }
  return node;
}

export const emoji = (name) => (DRAWN[name] ? drawing(name) : (SIGNS[name] ?? `:${name}:`));

// As nodes and texts.
export function withEmoji(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).filter(Boolean).map((part) => {
    const name = /^:([a-z0-9_+-]+):$/.exec(part)?.[1];
    return name ? emoji(name) : part;
  });
}

// As a text, for attributes and for <option>.
export const spelled = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => SIGNS[name] ?? all);
