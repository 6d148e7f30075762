// Passkeys: `<form data-webauthn="register|signin" data-options="{…}">` carries the server's options as JSON. The browser
// asks for the key at once, and again whenever the form's button is pressed; the answer goes into the field `credential`.
document.querySelectorAll("form[data-webauthn][data-options]").forEach((form) => {
  const run = () => ceremony(form).catch((error) => say(form, error));
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    run();
  });
  run();
});

async function ceremony(form) {
  say(form, null);
  const options = JSON.parse(form.dataset.options);
  const publicKey = decode(options);
  const register = form.dataset.webauthn === "register";
  const credential = await (register ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  form.elements.credential.value = JSON.stringify(register ? made(credential) : shown(credential));
  form.requestSubmit();
}

function decode(options) {
  const list = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: list(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: list(options.allowCredentials) }),
  };
}

function made(credential) {
  const { response } = credential;
  return {
    ...identity(credential),
    response: {
      attestationObject: text(response.attestationObject),
      clientDataJSON: text(response.clientDataJSON),
      transports: response.getTransports?.() ?? [],
    },
    extensions: JSON.stringify(credential.getClientExtensionResults()),
  };
}

function shown(credential) {
  const { response } = credential;
  return {
    ...identity(credential),
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
    assertionClientExtensions: JSON.stringify(credential.getClientExtensionResults()),
  };
}

function identity({ id, rawId, type }) {
  return { id, rawId: text(rawId), type };
}

// base64url without padding, both ways
function bytes(encoded) {
  return Uint8Array.from(atob(encoded.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

function text(buffer) {
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The page holds one sentence for a failed try; the browser's own words stay in its console.
function say(form, error) {
  const place = form.querySelector("[data-webauthn-error]");
  if (place) place.hidden = !error;
  if (error) console.warn(error);
}
