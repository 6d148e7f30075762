// `<div id="progress" data-poll="/url" data-every="2000">` is replaced by the element of the same id in the answer,
// again and again, until the answer comes without `data-poll`. Asks nothing while the page is hidden.
const LONGEST = 30000;

document.querySelectorAll("[data-poll][id]").forEach((element) => later(element.id, every(element)));

function every(element) {
  return Number(element.dataset.every) || 2000;
}

function later(id, wait) {
  setTimeout(() => refresh(id, wait), wait);
}

async function refresh(id, wait) {
  const old = document.getElementById(id);
  if (!old?.dataset.poll) return;
  if (document.hidden) return later(id, every(old));
  const fresh = await get(old.dataset.poll, id);
  if (!fresh) return later(id, Math.min(wait * 2, LONGEST));
  old.replaceWith(fresh);
  if (fresh.dataset.poll) later(id, every(fresh));
}

async function get(url, id) {
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  } catch {
    return null;
  }
}
