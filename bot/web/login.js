/* Says that the password was wrong: the server sends the form back with ?error. */
if (new URL(location.href).searchParams.has("error")) {
  document.getElementById("wrong").hidden = false;
}
