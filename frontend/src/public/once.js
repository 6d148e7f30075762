// A double click sends a form once. The buttons rest for a moment only, so that a failed try can be repeated.
const REST = 3000;

// On the window, so that everything that may hold a form back has had its say.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  // After the event, since a disabled button's own name and value would not be sent.
  setTimeout(() => buttons(form, true));
  setTimeout(() => wake(form), REST);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(wake);
});

function wake(form) {
  form.removeAttribute("aria-busy");
  buttons(form, false);
}

function buttons(form, resting) {
  for (const control of form.elements) {
    if (control.type !== "submit" || control.disabled === resting) continue;
    if (!resting && !("resting" in control.dataset)) continue;
    control.disabled = resting;
    control.toggleAttribute("data-resting", resting);
  }
}
