// On an English page: what the Chinese lines of the open inner tab mean, below its result. Lines that were written just
// now have no English, and that is said.
(() => {
  const { lang, make, text } = luoxia;
  const WAIT = 300, SHORT = 4, LONG = 14; // milliseconds; characters of a line that is only matched whole, or cut
  const FEW = 3; // characters without English that are not worth a word
  const bare = (words) => words.replace(/[^\u3400-\u9fff\u{20000}-\u{2ffff}]|[平仄]/gu, "");

  luoxia.english = async (element) => {
    if (lang !== "en") return;
    const file = await (await fetch(element.querySelector(".lx-english").dataset.at)).json();
    const lines = Object.entries(file).map(([line, meant]) => ({ line, key: bare(line), meant }))
      .sort((one, other) => other.key.length - one.key.length);

    // the lines known in some words, in their order, and how many characters are left over
    const read = (words) => {
      let rest = bare(words);
      const all = rest, found = [];
      for (const one of lines) {
        if (!one.key || (one.key.length < SHORT ? rest !== one.key : !rest.includes(one.key))) continue;
        found.push(one);
        rest = rest.replaceAll(one.key, "·");
      }
      return {
        found: found.sort((one, other) => all.indexOf(one.key) - all.indexOf(other.key)),
        left: rest.replaceAll("·", "").length,
      };
    };

    const look = () => {
      const tab = [...document.querySelectorAll("[role=tabpanel][id^=tab-]")].find((one) => one.offsetParent);
      const name = tab?.id.slice("tab-".length), shown = tab && document.getElementById(`${name}-view`);
      const place = tab?.querySelector(".lx-result") || shown?.parentElement;
      if (!place) return;
      const boxes = [...tab.querySelectorAll(".lx-controls :is(textarea, input[type=text])")];
      const typed = boxes.map((box) => read(box.value));
      const made = read(shown?.innerText || "");
      const found = [...new Set([...typed, made].flatMap((one) => one.found))];
      const live = place.querySelector(".lx-badge")?.dataset.state === "live" && made.left >= FEW;
      let box = place.querySelector(":scope > .lx-english");
      if (!box && !found.length && !live) return;
      if (!box) place.append(box = make("aside", { className: "lx-english" }));
      const now = JSON.stringify([found.map(({ line }) => line), live]);
      if (box.dataset.now === now) return;
      box.dataset.now = now;
      box.hidden = !found.length && !live;
      const pairs = found.flatMap(({ line, meant }) => {
        const term = make("dt", { textContent: line.length > LONG ? `${line.slice(0, LONG)} …` : line });
        term.lang = "zh-CN";
        return [term, make("dd", { textContent: meant })];
      });
      box.replaceChildren(
        ...(found.length ? [make("b", { textContent: text.english_title }), make("dl", {}, ...pairs)] : []),
        ...(live ? [make("p", { textContent: text.english_none })] : []),
      );
    };

    let waiting = 0;
    const later = () => {
      waiting ||= setTimeout(() => {
        waiting = 0;
        look();
      }, WAIT);
    };
    const own = (node) => (node.closest ? node : node.parentElement)?.closest(".lx-english");
    new MutationObserver((changes) => changes.some(({ target }) => !own(target)) && later()).observe(
      document.querySelector(".gradio-container"),
      { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "data-state"] },
    );
    document.addEventListener("input", later);
    later();
  };
})();
