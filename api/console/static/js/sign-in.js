// A link may carry a token behind the `#`, which browsers send nowhere: take it out of the address, and sign in with it.
function enter() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.getElementById("with-token");
  form.elements.token.value = token;
  form.requestSubmit();
}

enter();
addEventListener("hashchange", enter); // the link opened where this page was open already
