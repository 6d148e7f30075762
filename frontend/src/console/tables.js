// Ticking rows: one box for the page (`data-select-all`), shift for a range, and a bar of actions (`data-bulk`)
// that shows while something is ticked and says how much (`data-selected`).
document.querySelectorAll("input[data-select-all]").forEach((head) => {
  const table = head.closest("table");
  const scope = head.closest("form") ?? table;
  let last = null;

  head.addEventListener("change", () => {
    boxes(table).forEach((box) => (box.checked = head.checked));
    show();
  });

  table.addEventListener("click", (event) => {
    if (!event.target.matches("tbody input[type=checkbox]")) return;
    if (event.shiftKey && last) range(table, last, event.target);
    last = event.target;
  });

  table.addEventListener("change", show);
  addEventListener("pageshow", show);

  function show() {
    const ticked = boxes(table).filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === boxes(table).length;
    head.indeterminate = ticked > 0 && !head.checked;
    scope.querySelectorAll("[data-bulk]").forEach((bar) => (bar.hidden = ticked === 0));
    scope.querySelectorAll("[data-selected]").forEach((place) => (place.textContent = ticked));
  }
});

function boxes(table) {
  return [...table.querySelectorAll("tbody input[type=checkbox]")];
}

function range(table, from, to) {
  const all = boxes(table);
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  all.slice(start, end + 1).forEach((box) => (box.checked = to.checked));
}
