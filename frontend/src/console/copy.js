// Copy what a field or a piece of text holds: `data-copy="address"` on a button names its id, `data-and="other"` what is put behind.
// `data-done` is what the button says for a moment. Such buttons may be hidden until there is a script; without a clipboard the text
// is selected, so that it can be copied by hand.
const MOMENT = 1600;

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const parts = [button.dataset.copy, button.dataset.and].map((id) => id && document.getElementById(id)).filter(Boolean);
  try {
    await navigator.clipboard.writeText(parts.map(text).join("\n\n"));
    if (button.dataset.done) say(button);
  } catch {
    parts[0]?.select?.();
  }
}

function text(element) {
  return ("value" in element ? element.value : element.textContent).trim();
}

function say(button) {
  const was = [...button.childNodes];
  if (button.dataset.said) return;
  button.dataset.said = "yes";
  button.replaceChildren(button.dataset.done);
  setTimeout(() => {
    button.replaceChildren(...was);
    delete button.dataset.said;
  }, MOMENT);
}
