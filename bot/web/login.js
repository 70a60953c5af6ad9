/* Says why the server sent the form back: /staff/login?error=password or ?error=wait. */
const WORDS = { wait: "Too many wrong passwords. Please wait a minute and try again." };
const error = new URL(location.href).searchParams.get("error");
if (error) {
  const wrong = document.getElementById("wrong");
  wrong.textContent = WORDS[error] || "That password is not right. Please try again.";
  wrong.hidden = false;
}
