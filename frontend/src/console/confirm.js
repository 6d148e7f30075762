// A button with `data-confirm="What will happen"` asks first, in the page's own dialog, and repeats its label there.
const dialog = document.querySelector("dialog#confirm");
let asked = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || !dialog || button.dataset.confirmed) return;
  if (button.form && !button.formNoValidate && !button.form.noValidate && !button.form.checkValidity()) return;
  event.preventDefault();
  asked = button;
  dialog.querySelector("[data-text]").textContent = button.dataset.confirm;
  dialog.querySelector("[value=yes]").textContent = label(button);
  dialog.showModal();
});

dialog?.querySelector("form").addEventListener("submit", (event) => {
  if (event.submitter?.value !== "yes") return;
  dialog.close();
  asked.dataset.confirmed = "yes";
  asked.click();
  delete asked.dataset.confirmed;
});

function label(button) {
  const copy = button.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((key) => key.remove());
  return copy.textContent.trim();
}
