// A personal page tells the server once that a person reads it: five seconds visible, and a real scroll, key or press.
// Mail scanners open links and even run scripts, but they do neither. Nothing else is sent, and no cookie.
const SECONDS = 5;
const SETTLING = 1000; // browsers scroll by themselves while they restore a position or jump to a fragment
const SIGNS = ["scroll", "wheel", "touchmove", "keydown", "pointerdown"];

const { proof, visit } = document.body.dataset;
if (proof && visit) watch();

function watch() {
  let seen = 0;
  let moved = false;

  const timer = setInterval(() => {
    if (document.visibilityState === "visible") seen += 1;
    tell();
  }, 1000);

  const sign = (event) => {
    if (!event.isTrusted || (event.type === "scroll" && performance.now() < SETTLING)) return;
    moved = true;
    tell();
  };

  function tell() {
    if (!moved || seen < SECONDS) return;
    clearInterval(timer);
    SIGNS.forEach((name) => removeEventListener(name, sign, true));
    const body = new URLSearchParams({ visit });
    fetch(proof, { method: "POST", body, credentials: "omit", keepalive: true }).catch(() => {});
  }

  SIGNS.forEach((name) => addEventListener(name, sign, { capture: true, passive: true }));
}
