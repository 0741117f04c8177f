// luoxia.copy(words, sentence): puts words on the clipboard and says so, or says that it failed; resolves to whether it
// worked.
(() => {
  const { text } = luoxia;
  // Pages of plain http from another machine have no clipboard interface: there a selected box is copied, inside the
  // open dialog if there is one, since everything outside a modal dialog cannot be selected.
  const byCommand = (words) => {
    const focused = document.activeElement;
    const box = luoxia.make("textarea", { value: words, readOnly: true, className: "lx-offscreen" });
    const put = (event) => {
      event.clipboardData.setData("text/plain", words);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    ([...document.querySelectorAll("dialog:modal")].pop() || document.body).append(box);
    document.addEventListener("copy", put, true);
    try {
      box.select();
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      document.removeEventListener("copy", put, true);
      box.remove();
      focused?.focus?.({ preventScroll: true });
    }
  };
  const writeText = async (words) => {
    if (!byCommand(words)) throw new DOMException(text.copy_failed, "NotAllowedError");
  };
  // Gradio's own copy buttons ask this interface too
  if (!navigator.clipboard) Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });

  luoxia.copy = async (words, sentence) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      done = byCommand(words);
    }
    luoxia.toast(done ? sentence || text.copied : text.copy_failed);
    return done;
  };
})();
