// The top of the page, which is there before Gradio has begun: language, light or dark, help, the row of families.
(() => {
  const { text, lang } = luoxia;
  const top = document.querySelector(".lx-top");
  if (!top) return;

  luoxia.keepLanguage(top);
  const row = top.querySelector(".lx-families"), open = row.querySelector("[aria-current]");
  // not scrollIntoView, which moves the place from which Tab goes on
  setTimeout(() => {
    row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
  });
  top.querySelector(".lx-skip").addEventListener("click", (event) => {
    event.preventDefault(); // an address of only #page would be one of the landing page, by <base>
    const content = document.querySelector(".lx-page");
    if (!content) return;
    content.tabIndex = -1;
    content.focus();
  });
  for (const button of top.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
    button.addEventListener("click", () => button.dataset.lang !== lang && luoxia.speak(button.dataset.lang));
  }

  const theme = top.querySelector(".lx-theme");
  const dark = () => document.body.classList.contains("dark");
  const name = () => theme.setAttribute("aria-label", dark() ? text.theme_light : text.theme_dark);
  const turn = (to) => {
    document.body.classList.toggle("dark", to);
    document.documentElement.classList.toggle("dark", to);
    name();
  };
  turn(document.documentElement.classList.contains("dark")); // as the head has found it
  theme.addEventListener("click", () => {
    turn(!dark());
    window.LX_THEME = dark() ? "dark" : "light"; // what Gradio finds if it only begins now
    try {
      localStorage.setItem("lx-theme", window.LX_THEME);
    } catch { /* a private window */ }
  });

  const dialog = top.querySelector("dialog");
  luoxia.glossary(dialog.querySelector(".lx-glossary"));
  top.querySelector(".lx-help").addEventListener("click", () => dialog.showModal());
  dialog.querySelector(".lx-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
})();
