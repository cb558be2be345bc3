// Small comforts; every page works without them.

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

// "/" goes to the search box, unless the person switched keys off (WCAG 2.1.4) or is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.documentElement.dataset.keys === "off") return;
  const box = [...document.querySelectorAll("[data-search-box]")].find((element) => element.offsetParent);
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// Drop-down menus close with Escape, a click elsewhere, or when the focus leaves them.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
const closeOthers = (target) => {
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
};
document.addEventListener("click", (event) => closeOthers(event.target));
document.addEventListener("focusin", (event) => closeOthers(event.target));

// A message can be put away.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest("[data-dismissible]").remove();
});

// A form is sent once, however often its button is pressed; one that is answered by a file leaves its page as it is,
// so it may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "answersFile" in form.dataset) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A select or check box marked so sends its form at once; its button stays for those without script.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const counted of document.querySelectorAll("textarea[maxlength]")) {
  const counter = document.getElementById(`${counted.id}-count`);
  if (!counter) continue;
  const show = () => { counter.textContent = `${counted.value.length} / ${counted.maxLength}`; };
  counted.addEventListener("input", show);
  show();
}

// A slider says its value beside it while it moves.
for (const slider of document.querySelectorAll("input[type=range][data-output]")) {
  const output = document.getElementById(slider.dataset.output);
  slider.addEventListener("input", () => { output.value = slider.value; });
}
