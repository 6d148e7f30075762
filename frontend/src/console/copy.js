// Copy what a field or a piece of text holds: `data-copy="#address"` on a button, with `data-and="#other"` also what stands there.
// `data-done` is what the button says for a moment. Without a clipboard the text is selected, so that it can be copied by hand.
const MOMENT = 1600;

document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));

async function copy(button) {
  const parts = [button.dataset.copy, button.dataset.and].filter(Boolean).map((selector) => document.querySelector(selector));
  try {
    await navigator.clipboard.writeText(parts.filter(Boolean).map(text).join("\n\n"));
    say(button);
  } catch {
    parts[0]?.select?.();
  }
}

function text(element) {
  return ("value" in element ? element.value : element.textContent).trim();
}

function say(button) {
  if (!button.dataset.done || button.dataset.was) return;
  button.dataset.was = button.innerHTML;
  button.textContent = button.dataset.done;
  setTimeout(() => {
    button.innerHTML = button.dataset.was;
    delete button.dataset.was;
  }, MOMENT);
}
