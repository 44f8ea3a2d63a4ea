addEventListener("pageshow", function (event) {
  if (event.persisted) location.reload();
  if (till()) reckon(till());
});
addEventListener("submit", function (event) {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(function () { delete event.target.dataset.sent; }, 8000);
});
addEventListener("input", function (event) {
  if (event.target.form && event.target.form === till()) reckon(till());
});
addEventListener("click", function (event) {
  var all = event.target.dataset.tick;
  if (!all) return tick(event.target);
  event.preventDefault();
  ticks(till()).forEach(function (box) { box.checked = all === "all"; });
  reckon(till());
});
function tick(target) {
  var row = target.closest(".many tr"), box = row && row.querySelector("input[name=invoice]");
  if (!box || target.closest("a, input, label")) return;
  box.checked = !box.checked;
  reckon(till());
}
function till() { return document.querySelector("form[data-decimals]"); }
function ticks(form) { return Array.from(form.querySelectorAll("input[name=invoice]")); }
function reckon(form) {
  var facts = form.dataset, boxes = ticks(form);
  var chosen = boxes.filter(function (box) { return box.checked; });
  var owed = boxes.length ? chosen.reduce(function (sum, box) { return sum + Number(box.dataset.minor); }, 0) : Number(facts.owed);
  var box = form.querySelector("input[name=credit]");
  var charge = left(facts, owed, box && !box.checked ? 0 : Number(facts.credit));
  var sums = { owed: owed, credit: charge - owed, charge: charge, pay: typed(form, charge) };
  Object.keys(sums).forEach(function (name) { say(form, name, money(facts, sums[name])); });
  say(form, "count", (chosen.length === boxes.length ? boxes.length : chosen.length + " of " + boxes.length) + (boxes.length === 1 ? " invoice" : " invoices"));
  form.querySelectorAll("[data-way]").forEach(function (way) {
    way.hidden = (way.dataset.way === "money") === (owed > 0 && charge === 0);
  });
}
function left(facts, owed, credit) {
  var rest = Math.max(0, owed - credit), step = Number(facts.step);
  if (rest) rest = Math.max(Math.ceil(rest / step) * step, Number(facts.smallest));
  return owed - Math.max(0, owed - rest);
}
function typed(form, charge) {
  var box = form.querySelector("input[name=amount]"), places = Number(form.dataset.decimals);
  var found = box && box.value.trim().match(/^(\d{1,12})(?:[.,](\d{1,2}))?$/);
  if (!found || (found[2] || "").length > places) return charge;
  var minor = Number(found[1] + (found[2] || "").padEnd(places, "0"));
  return minor > 0 && minor <= charge ? minor : charge;
}
function say(form, name, words) {
  form.querySelectorAll('[data-sum="' + name + '"]').forEach(function (place) {
    if (place.textContent !== words) place.textContent = words;
  });
}
function money(facts, minor) {
  var places = Number(facts.decimals), digits = String(Math.abs(minor)).padStart(places + 1, "0");
  var whole = digits.slice(0, digits.length - places), sizes = facts.group.split(",").map(Number), parts = [];
  while (sizes[0] && whole.length > sizes[0]) {
    parts.unshift(whole.slice(-sizes[0]));
    whole = whole.slice(0, -sizes[0]);
    sizes[0] = sizes[1];
  }
  var number = [whole].concat(parts).join(facts.thousands) + (places ? facts.decimal + digits.slice(-places) : "");
  return (minor < 0 ? "-" : "") + facts.before + number + facts.after;
}
if (document.documentElement.dataset.waiting) {
  var looks = Number(sessionStorage.getItem("looks")) + 1;
  sessionStorage.setItem("looks", looks);
  if (looks < 20) setTimeout(function () { location.reload(); }, 3000);
} else {
  sessionStorage.removeItem("looks");
}
