// The research page by keyboard: 1 to 4 judge the criterion that has the focus, or the first that nobody has judged, and go on;
// l leads to the checklist; Ctrl or Command with Enter saves from within a field.
const form = document.querySelector("form[data-research]");
const fits = form ? [...form.querySelectorAll("[data-fit]")] : [];

form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-ctrl-enter]"));
});

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey || off()) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]")) return;
  if (/^[1-4]$/.test(event.key)) judge(Number(event.key) - 1, event);
  if (event.key === "l") focus(form.querySelector("[data-first-check]"), event);
});

function judge(number, event) {
  const here = document.activeElement.closest("[data-fit]") ?? fits.find((fit) => !judged(fit));
  const radio = here?.querySelectorAll("input[type=radio]")[number];
  if (!radio) return;
  radio.click();
  focus(fits[fits.indexOf(here) + 1]?.querySelector("input[type=radio]:checked, input[type=radio]") ?? radio, event);
}

function judged(fit) {
  const chosen = fit.querySelector("input[type=radio]:checked");
  return chosen && chosen.value !== "unknown";
}

function focus(element, event) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  event.preventDefault();
}

function off() {
  try {
    return localStorage.getItem("single-keys") === "off";
  } catch {
    return false;
  }
}
