// The glossary: words that stand in it get a dotted line wherever they are read on a page, and explain themselves when
// they are pointed at or tapped. The page's own elements stay as they are: a word is marked by a range, not by an
// element.
(() => {
  const { text, lang, make } = luoxia;
  const READ =
    ".lx-heading, .lx-small, .lx-predict, .lx-prose, .lx-verdict, .lx-ways-on, label, figcaption, .lx-tagline, " +
    ".lx-scrub output";
  const NOT = "button, a, textarea, code, pre, svg, canvas, .lx-token, .lx-side-text, .lx-turns, [hidden]";
  const WAIT = 150, AFTER = 700; // milliseconds: of a pointer that rests; after a click, until the page has followed
  const colon = lang === "zh" ? "：" : ": ";
  const entries = Object.keys(text).filter((key) => key.startsWith("glossary.js_")).map((key) => {
    const [names, ...words] = text[key].split(colon);
    return { key, names: names.split(/、|, /), words: words.join(colon) };
  });
  const whose = new Map(entries.flatMap((entry) => entry.names.map((name) => [name.toLowerCase(), entry])));
  const OTHER = ["自编码器", "编码器"]; // words that only hold a term
  const names = [...OTHER, ...whose.keys()].sort((a, b) => b.length - a.length).map((name) => {
    const plain = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    if (lang === "zh") return plain;
    return `${/^\w/.test(name) ? "\\b" : ""}${plain}${/\w$/.test(name) ? "\\b" : ""}`;
  });
  const pattern = new RegExp(names.join("|"), "giu");
  let ranges = [];

  const scan = () => {
    ranges = [];
    for (const box of document.querySelectorAll(READ)) {
      if (!box.offsetParent || box.closest(NOT)) continue;
      const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.parentElement.closest(NOT)) continue;
        for (const match of node.data.matchAll(pattern)) {
          if (OTHER.includes(match[0])) continue;
          const range = new Range();
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          ranges.push({ range, entry: whose.get(match[0].toLowerCase()) });
        }
      }
    }
    if (globalThis.Highlight) CSS.highlights.set("lx-terms", new Highlight(...ranges.map(({ range }) => range)));
  };
  const later = (pause) => setTimeout(() => (globalThis.requestIdleCallback || setTimeout)(scan), pause);

  const note = make("div", { className: "lx-gloss", id: "lx-gloss", hidden: true });
  note.setAttribute("role", "tooltip");
  const at = (x, y) =>
    ranges.find(({ range }) =>
      [...range.getClientRects()].some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
    );
  const show = (x, y) => {
    const found = at(x, y);
    note.hidden = !found;
    if (!found) return;
    if (!note.isConnected) document.querySelector(".gradio-container").append(note);
    note.replaceChildren(make("b", { textContent: found.range.toString() }), ` ${found.entry.words}`);
    const box = found.range.getBoundingClientRect();
    note.style.left = `${Math.max(8, Math.min(box.left, innerWidth - note.offsetWidth - 8))}px`;
    note.style.top = `${
      box.bottom + note.offsetHeight + 8 < innerHeight ? box.bottom + 6 : box.top - note.offsetHeight - 6
    }px`;
  };

  // the whole list in the help, for the keyboard and for readers
  luoxia.glossary = (list) => {
    list.replaceChildren(
      ...entries.flatMap((
        { names, words },
      ) => [make("dt", { textContent: names.join(text.several) }), make("dd", { textContent: words })]),
    );
  };

  let resting = 0;
  luoxia.activated(() => {
    document.addEventListener("pointermove", (event) => {
      clearTimeout(resting);
      if (event.pointerType === "mouse") resting = setTimeout(() => show(event.clientX, event.clientY), WAIT);
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest(NOT)) note.hidden = true;
      else show(event.clientX, event.clientY);
      later(AFTER);
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && (note.hidden = true));
    addEventListener("scroll", () => (note.hidden = true), { passive: true });
    later(AFTER);
    later(4 * AFTER);
  });
})();
