// Keys of the console. A page names its own with `data-key="m"` on a link, a button or a field, and places to go
// with `data-go="p"` (typed after `g`). Single keys can be switched off in the dialog that `?` opens.
const PAUSE = 1200;
const SWITCH = "single-keys";
const dialog = document.querySelector("dialog#keys");
const toggle = dialog?.querySelector("[data-single-keys]");
let going = -Infinity;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || off()) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open], [contenteditable]")) return;
  if (press(event)) event.preventDefault();
});

if (toggle) {
  toggle.checked = !off();
  toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
}
document.querySelectorAll("[data-open-keys]").forEach((button) => button.addEventListener("click", () => dialog?.showModal()));

function off() {
  try {
    return localStorage.getItem(SWITCH) === "off";
  } catch {
    return false;
  }
}

function press({ key, shiftKey, target, timeStamp }) {
  if (timeStamp - going < PAUSE) {
    going = -Infinity;
    return use(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g") {
    going = timeStamp;
    return true;
  }
  if (key === "/") return use("[data-find]");
  if (key === "?") return dialog?.showModal() === undefined && Boolean(dialog);
  if (key === "j" || key === "k") return use(`[data-key="${key}"]`) || step(key === "j" ? 1 : -1);
  if (key === "Enter") return target === document.body && open();
  if (key.toLowerCase() === "x" && mark(shiftKey)) return true;
  return key.length === 1 && use(`[data-key="${CSS.escape(key)}"]`);
}

function use(selector) {
  const found = [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
  if (!found) return false;
  if (found.matches("input:not([type=checkbox], [type=radio]), textarea, select")) found.focus();
  else found.click();
  return true;
}

function rows() {
  return [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector("a[href]") && row.checkVisibility());
}

function current() {
  return document.activeElement.closest("main tbody tr") ?? document.querySelector("main tbody tr.cur");
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  document.querySelectorAll("tr.cur").forEach((row) => row.classList.remove("cur"));
  next.classList.add("cur");
  next.querySelector("a[href]").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function open() {
  const link = current()?.querySelector("a[href]");
  link?.click();
  return Boolean(link);
}

// With shift the table's own script marks every row up to here, as a shift-click does.
function mark(shiftKey) {
  const box = current()?.querySelector("input[type=checkbox]");
  box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey }));
  return Boolean(box);
}
