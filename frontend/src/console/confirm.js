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
  dialog.querySelector("[value=yes]").textContent = button.textContent.trim();
  dialog.showModal();
});

dialog?.addEventListener("close", () => {
  const button = asked;
  asked = null;
  if (dialog.returnValue !== "yes" || !button) return;
  dialog.returnValue = "";
  button.dataset.confirmed = "yes";
  button.click();
  delete button.dataset.confirmed;
});
