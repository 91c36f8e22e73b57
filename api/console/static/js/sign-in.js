// A link may carry a token behind the `#`, which browsers send nowhere: take it out of the address, and sign in with it.
const token = new URLSearchParams(location.hash.slice(1)).get("token");

if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  const form = document.getElementById("with-token");
  form.elements.token.value = token;
  form.requestSubmit();
}
