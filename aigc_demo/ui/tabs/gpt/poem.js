// The poem tab: characters in their form, with tone and rhyme; what can be said of one when one points at it.
(() => {
  const { fill, make } = luoxia;
  const [TEXT, GIVEN, P, TONE, RHYME, OPPOSED] = [0, 1, 2, 3, 4, 5]; // of a character, see services/gpt/poem.py
  const share = (p) => luoxia.percent(p);

  luoxia.verse = (element, props, watch) => {
    const root = element.querySelector(".lx-verse"), words = JSON.parse(root.dataset.words);
    const title = root.querySelector(".lx-verse-title"), box = root.querySelector(".lx-verse-lines");
    const says = root.querySelector(".lx-verse-says"),
      facts = root.querySelector(".lx-verse-facts"),
      cut = root.querySelector(".lx-cut");
    const stop = luoxia.lang === "zh" ? "。" : ".", comma = luoxia.lang === "zh" ? "，" : ", ";
    let cells = [], here = -1;

    const tone = (name) => ({ "平": words.level, "仄": words.oblique, "○": words.either }[name] || words.unknown);
    const point = (place) => {
      here = place;
      cells.forEach(({ cell }, i) => {
        cell.dataset.here = String(i === place);
      });
      if (place < 0) {
        says.textContent = words.hint;
        return;
      }
      const sign = cells[place].sign, parts = [tone(sign[TONE])];
      if (sign[RHYME]) parts.push(words[`rhyme_${sign[RHYME]}`]);
      if (sign[OPPOSED]) parts.push(words[`opposed_${sign[OPPOSED]}`]);
      parts.push(fill(sign[GIVEN] ? words.given : words.chance, { p: share(sign[P]) }));
      says.replaceChildren(
        make("b", { textContent: sign[TEXT] }),
        document.createTextNode(` ${parts.join(comma)}${stop}`),
      );
    };

    // one place of a line: a character with its tone, and whether it rhymes; or one that is still to come
    const place = (sign) => {
      const cell = make(
        "span",
        { className: "lx-verse-sign" },
        make("b", { textContent: sign ? sign[TEXT] : "" }),
        make("i", { textContent: sign ? sign[TONE] : "" }),
      );
      if (!sign) {
        cell.dataset.waiting = "1";
        return cell;
      }
      cell.dataset.given = String(Boolean(sign[GIVEN]));
      if (sign[OPPOSED]) cell.lastChild.dataset.opposed = sign[OPPOSED];
      if (sign[RHYME]) {
        cell.dataset.rhyme = sign[RHYME];
        cell.append(make("em", { textContent: sign[RHYME] === "no" ? words.rhyme_off : words.rhyme_mark }));
      }
      const number = cells.push({ cell, sign }) - 1;
      cell.addEventListener("pointerenter", () => point(number));
      cell.addEventListener("click", () => point(number));
      return cell;
    };

    const sum = (at, yes, no) => {
      const told = cells.map(({ sign }) => sign[at]).filter((name) => name === yes || name === no);
      return { yes: told.filter((name) => name === yes).length, all: told.length };
    };

    const show = () => {
      const value = props.value;
      if (!value || !value.run) {
        lay({ width: 7, count: 4, lines: [], title: "", ended: false, right: true, cut: "" });
        return;
      }
      lay(value);
      const tell = (name, detail) => root.closest(".lx-bench")?.dispatchEvent(new CustomEvent(name, { detail }));
      if (value.total) tell("lx-progress", value);
      if (value.badge) tell("lx-badge", value.badge);
      root.dataset.ready = value.run;
      root.dataset.ended = String(value.ended);
    };

    const lay = (value) => {
      cells = [];
      root.style.setProperty("--n", Math.max(value.width, ...value.lines.map((line) => line.length)));
      title.textContent = value.title || (value.run ? words.untitled : "");
      const rows = Math.max(value.count, value.lines.length);
      box.replaceChildren(
        ...Array.from({ length: rows }, (_, i) => {
          const signs = value.lines[i] || [],
            length = Math.max(value.ended || i >= value.count ? 0 : value.width, signs.length);
          const written = i < value.lines.length - 1 || value.ended;
          const line = make(
            "div",
            { className: "lx-verse-line" },
            ...Array.from({ length }, (_, j) => place(written ? signs[j] : signs[j] || null)),
          );
          line.append(
            make("span", { className: "lx-verse-mark", textContent: signs.length && written ? "，。"[i % 2] : "" }),
          );
          return line;
        }).filter((line) => line.children.length > 1),
      );
      const [rhymes, tones] = [sum(RHYME, "yes", "no"), sum(OPPOSED, "yes", "no")];
      const parts = [];
      if (value.ended || !value.right) {
        parts.push([fill(value.right ? words.form_right : words.form_wrong, value), value.right ? "good" : "bad"]);
      }
      if (rhymes.all) parts.push([fill(words.rhymes, rhymes), ""]);
      if (tones.all) parts.push([fill(words.tones, tones), ""]);
      facts.replaceChildren(...parts.map(([textContent, verdict]) => {
        const part = make("span", { textContent });
        if (verdict) part.dataset.verdict = verdict;
        return part;
      }));
      cut.hidden = !value.cut;
      cut.textContent = value.cut ? fill(words.cut, { words: value.cut }) : "";
      if (here >= cells.length) point(-1);
      else if (here >= 0) point(here);
    };

    box.addEventListener("pointerleave", () => point(-1));
    box.addEventListener("blur", () => point(-1));
    box.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -cells.length, End: cells.length }[event.key];
      if (!step || !cells.length) return;
      event.preventDefault();
      point(Math.min(cells.length - 1, Math.max(0, here + step)));
    });
    root.written = () => (props.value ? props.value.text : "");
    watch("value", show);
    show();
  };
})();
