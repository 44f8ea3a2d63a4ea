addEventListener("pageshow", function (event) {
  if (event.persisted) location.reload();
});
addEventListener("submit", function (event) {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(function () { delete event.target.dataset.sent; }, 8000);
});
if (document.documentElement.dataset.waiting) {
  var looks = Number(sessionStorage.getItem("looks")) + 1;
  sessionStorage.setItem("looks", looks);
  if (looks < 20) setTimeout(function () { location.reload(); }, 3000);
} else {
  sessionStorage.removeItem("looks");
}
