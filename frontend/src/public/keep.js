// What somebody types into a form with `data-keep` survives a closed page, a broken line and the back button,
// in this tab only, until the form has been sent.
const PREFIX = "keep:";
const SECRET = new Set(["hidden", "password", "file", "submit", "button"]);

const forms = [...document.querySelectorAll("form[data-keep]")];
forms.forEach(keep);
// On a page that says something went wrong, or that asks to sign in first, nothing has arrived.
if (!document.querySelector(".door, [data-failed]")) forget(new Set(forms.map(name)));

function name(form) {
  return PREFIX + (form.dataset.keep || location.pathname);
}

function keep(form) {
  const kept = read(name(form));
  // A page that came back with errors already holds what was typed.
  if (form.querySelector("[aria-invalid=true]")) write(name(form), { fields: fields(form) });
  else if (kept) restore(form, kept.fields);
  form.addEventListener("input", () => write(name(form), { fields: fields(form) }));
  form.addEventListener("submit", () => write(name(form), { fields: fields(form), sent: true }));
}

// A form that was sent and is not on this page any more has arrived.
function forget(present) {
  for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) {
    if (!present.has(key) && read(key)?.sent) sessionStorage.removeItem(key);
  }
}

function controls(form) {
  return [...form.elements].filter((control) => control.name && !SECRET.has(control.type));
}

function fields(form) {
  return controls(form).map((control) => [control.name, control.value, control.checked ?? null, chosen(control)]);
}

function chosen(control) {
  return control.multiple ? [...control.selectedOptions].map((option) => option.value) : null;
}

function restore(form, kept) {
  for (const control of controls(form)) {
    const choice = control.type === "radio" || control.type === "checkbox";
    const found = kept.find(([name, value]) => name === control.name && (!choice || value === control.value));
    if (!found) continue;
    if (choice) control.checked = found[2];
    else if (control.multiple) [...control.options].forEach((option) => (option.selected = found[3]?.includes(option.value)));
    else control.value = found[1];
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage may be full or switched off; the form works without it.
  }
}
