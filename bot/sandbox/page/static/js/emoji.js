// The few :names: that a payments bot says; others stay as they are written.

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", information_source: "ℹ️", email: "✉️", envelope: "✉️",
  incoming_envelope: "📨", moneybag: "💰", credit_card: "💳", bank: "🏦", receipt: "🧾",
  page_facing_up: "📄", link: "🔗", lock: "🔒", no_entry: "⛔", rotating_light: "🚨",
  bell: "🔔", tada: "🎉", eyes: "👀", point_right: "👉", arrow_right: "➡️", calendar: "📅",
  clock3: "🕒", question: "❓", exclamation: "❗", tulip: "🌷", rose: "🌹", bouquet: "💐",
  blossom: "🌼", large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡", zap: "⚡",
};

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => NAMES[name] ?? all);
}

export const emoji = (name) => NAMES[name] ?? `:${name}:`;
