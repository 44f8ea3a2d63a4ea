addEventListener("pageshow", function (event) {
  if (event.persisted) location.reload();
});
addEventListener("submit", function (event) {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(function () { delete event.target.dataset.sent; }, 8000);
});
