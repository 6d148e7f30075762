// Forms with `data-work="<challenge>:<bits>"` cost a sender some computing, which hurts whoever sends thousands.
// The answer travels in the hidden field `work`: the smallest number n for which SHA-256("<challenge>:<n>")
// begins with that many zero bits.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.work || form.elements.work?.value) return;
  event.preventDefault();
  if (form.hasAttribute("data-working")) return;
  form.toggleAttribute("data-working", true);
  solve(form, event.submitter);
});

async function solve(form, submitter) {
  const [, challenge, bits] = form.dataset.work.match(/^(.*):(\d+)$/);
  const { search } = await import("./search.js");
  answer(form).value = await search(challenge, Number(bits));
  form.toggleAttribute("data-working", false);
  form.requestSubmit(submitter);
}

function answer(form) {
  if (form.elements.work) return form.elements.work;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "work" });
  form.append(field);
  return field;
}
