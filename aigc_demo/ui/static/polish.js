// What Gradio's own parts lack for screen readers, and its few words that no language setting reaches.
(() => {
  const { text, lang } = luoxia;

  // what Gradio itself says in toasts, in our words and the page's language
  const OWN = [
    [
      /^File\(s\) exceed the maximum allowed size of ([\d.]+)/,
      ([, size]) => luoxia.fill(text.file_size, { size: +size }),
    ],
    [/^Invalid file type.*Only (.*) allowed/, ([, kinds]) => luoxia.fill(text.file_kind, { kinds })],
    [/^Waiting for file/, () => text.file_waits],
    [/^(Connection to the server was lost|Lost connection)/, () => text.error_lost],
  ];
  function toasts() {
    document.querySelectorAll(".toast-header[role=button]").forEach((header) => { // a button around a button
      header.removeAttribute("role");
      header.removeAttribute("tabindex");
    });
    document.querySelectorAll(".toast-message-text:not([data-ours])").forEach((line) => {
      line.dataset.ours = "1";
      for (const [pattern, words] of OWN) {
        const found = line.textContent.trim().match(pattern);
        if (found) line.textContent = words(found);
      }
    });
  }

  // what is scrolled sideways fades out where it goes on
  const ROWS = ".lx-families, .tab-wrapper, .lx-odds-grid, .lx-table, .lx-roll-box, .lx-teacher-box, .lx-dims";
  const fade = (row) => {
    row.classList.toggle("lx-goes-before", row.scrollLeft > 4);
    row.classList.toggle("lx-goes-after", row.scrollLeft + row.clientWidth < row.scrollWidth - 4);
  };
  document.addEventListener("scroll", (event) => event.target.matches?.(ROWS) && fade(event.target), {
    capture: true,
    passive: true,
  });
  addEventListener("resize", () => document.querySelectorAll(ROWS).forEach(fade));

  function polish(root) {
    // sliders: the number and the range carry the same label, and several ranges may share an id
    root.querySelectorAll('input[data-testid="range-input"], input[data-testid="number-input"]').forEach((input) => {
      const label = input.getAttribute("aria-label") || "";
      const name = label.replace(/^(number input|range slider) for /, "");
      if (lang === "zh" && name !== label) input.setAttribute("aria-label", name);
    });
    if (lang === "zh") {
      for (
        const [english, chinese] of [["Reset to default value", text.reset], ["More tabs", text.more_tabs], [
          "Close",
          text.close,
        ]]
      ) {
        root.querySelectorAll(`[aria-label="${english}"]`).forEach((part) => part.setAttribute("aria-label", chinese));
      }
    }
    // radio buttons: one group, so that the arrow keys move inside it
    root.querySelectorAll("fieldset").forEach((group) => {
      const radios = group.querySelectorAll("input[type=radio]");
      if (radios.length && group.id) {
        radios.forEach((radio) => {
          if (radio.name !== group.id) radio.name = group.id;
        });
      }
      const name = group.querySelector("[data-testid=block-info]");
      if (radios.length && name && !group.hasAttribute("aria-label")) {
        group.setAttribute("role", "radiogroup");
        group.setAttribute("aria-label", name.textContent.trim());
      }
    });
    // a formula that is larger than its place is scrolled with the arrows as well
    root.querySelectorAll(".block.lx-prose").forEach((prose) => {
      const larger = prose.scrollWidth > prose.clientWidth || prose.scrollHeight > prose.clientHeight;
      if (larger) prose.tabIndex = 0;
    });
    root.querySelectorAll(ROWS).forEach(fade);
    // a fold says whether it is open
    root.querySelectorAll("button.label-wrap").forEach((button) => {
      const open = String(button.classList.contains("open"));
      if (button.getAttribute("aria-expanded") !== open) button.setAttribute("aria-expanded", open);
    });
  }

  let planned = false;
  const plan = () => {
    toasts();
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      polish(document);
    }, 120);
  };
  addEventListener("resize", plan);
  addEventListener(
    "DOMContentLoaded",
    () =>
      new MutationObserver(plan).observe(document.body, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ["class"],
      }),
  );
})();
