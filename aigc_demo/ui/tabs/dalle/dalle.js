// The views of captioned scenes and of DALL-E: cells that fill, ranked pictures, a codebook, sentences about a picture.
(() => {
  const { fill, make } = luoxia;
  const percent = (
    p,
  ) => (p >= 0.0995 ? `${Math.round(100 * p)} %` : p >= 0.00095 ? `${(100 * p).toFixed(1)} %` : "< 0.1 %");
  const opened = async (file) => createImageBitmap(await (await fetch(file.url)).blob());
  const put = (canvas, bitmap, place, width, height) => {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d").drawImage(bitmap, place * width, 0, width, height, 0, 0, width, height);
  };
  const claims = (verdict, words) =>
    Object.entries(verdict || {}).filter(([name]) => name !== "all")
      .map(([name, holds]) =>
        make("span", { className: holds ? "lx-holds" : "lx-fails", textContent: `${holds ? "✓" : "✗"} ${words[name]}` })
      );
  luoxia.scenes = { percent, opened, put, claims };

  // Value: {side, kept, sheet, tokens, p, entropy, rivals: [[token, p, ...]], done, patches, codes, verdict, cut}
  let chosen = "";
  luoxia.keptTokens = () => chosen;
  luoxia.cellGrid = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-writing"), words = JSON.parse(root.dataset.words);
    const painted = root.querySelector(".lx-painted canvas"), grid = root.querySelector(".lx-mesh");
    const panel = root.querySelector(".lx-cell-panel"),
      verdict = root.querySelector(".lx-claims"),
      note = root.querySelector(".lx-kept");
    let value = null, strip = null, at = -1, ticket = 0;
    const patch = (canvas, token) => {
      const place = value.codes ? value.codes.indexOf(token) : -1;
      if (strip && place >= 0) put(canvas, strip, place, strip.height, strip.height);
    };
    const replace = (token) => {
      chosen = [...value.tokens.slice(0, at), token].join(",");
      trigger(event);
    };
    function look(place) {
      at = place;
      const known = value && place >= 0 && place < value.tokens.length;
      panel.classList.toggle("lx-looking", Boolean(known));
      [...grid.children].forEach((cell, i) => cell.setAttribute("aria-pressed", String(i === place)));
      if (!known) return;
      const own = panel.querySelector("canvas");
      patch(own, value.tokens[place]);
      const facts = {
        row: 1 + Math.floor(place / value.side),
        column: 1 + (place % value.side),
        token: value.tokens[place],
        p: percent(value.p[place]),
        entropy: value.entropy[place].toFixed(2),
      };
      panel.querySelector("p:not(.lx-look-hint)").textContent = fill(
        place < value.kept ? words.cell_kept : words.cell,
        facts,
      );
      const pairs = [];
      for (let i = 0; i < value.rivals[place].length; i += 2) pairs.push(value.rivals[place].slice(i, i + 2));
      panel.querySelector("ul").replaceChildren(...pairs.map(([token, p]) => {
        const canvas = make("canvas"), same = token === value.tokens[place];
        const button = make(
          "button",
          { type: "button", disabled: same || !value.done },
          canvas,
          make("b", { textContent: token }),
          make("i", {}),
          make("output", { textContent: percent(p) }),
        );
        button.style.setProperty("--share", p);
        button.setAttribute("aria-label", fill(same ? words.own : words.replace, { token, p: percent(p) }));
        button.addEventListener("click", () => replace(token));
        patch(canvas, token);
        return make("li", {}, button);
      }));
    }
    const columns = () => value.side;
    grid.addEventListener("keydown", (key) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[key.key];
      const to = step && grid.children[[...grid.children].indexOf(key.target) + step];
      if (!to) return;
      key.preventDefault();
      to.focus();
    });
    function lay() {
      const count = value.side ** 2;
      grid.style.setProperty("--columns", value.side);
      while (grid.children.length < count) {
        const place = grid.children.length, cell = make("button", { type: "button", tabIndex: place ? -1 : 0 });
        cell.addEventListener("click", () => look(place));
        grid.append(cell);
      }
      [...grid.children].forEach((cell, i) => {
        const written = i < value.tokens.length;
        cell.textContent = written ? value.tokens[i] : "";
        cell.classList.toggle("lx-given", i < value.kept);
        cell.style.setProperty("--odd", written ? Math.min(1, value.entropy[i] / 4) : 0);
        cell.setAttribute(
          "aria-label",
          written
            ? fill(words.cell_short, {
              row: 1 + Math.floor(i / value.side),
              column: 1 + (i % value.side),
              token: value.tokens[i],
              entropy: value.entropy[i].toFixed(2),
            })
            : words.open,
        );
      });
      const told = value.done && Object.keys(value.verdict || {}).length;
      verdict.replaceChildren(
        ...(told ? [make("span", { textContent: words.reads }), ...claims(value.verdict, words)] : []),
      );
      const lines = [value.kept ? fill(words.kept_says, { count: value.kept }) : "", value.cut ? words.cut : ""].filter(
        Boolean,
      );
      note.textContent = lines.join(" ");
      look(value.done && at < 0 ? value.entropy.indexOf(Math.max(...value.entropy)) : at); // the least sure cell first
      root.dataset.ready = String(value.tokens.length);
      root.dataset.done = String(Boolean(value.done));
    }
    const load = async () => {
      if (!props.value || !props.value.sheet) return;
      const mine = ++ticket, next = props.value;
      const [picture, patches] = await Promise.all([opened(next.sheet), next.patches ? opened(next.patches) : null]);
      if (mine !== ticket) return;
      [value, strip] = [next, patches];
      put(painted, picture, 0, picture.width, picture.height);
      lay();
    };
    watch("value", load);
    load();
  };

  // Value: {sheet, w, h, sentence, candidates: [{number, similarity, verdict}]}, best first
  luoxia.ranked = (element, props, watch) => {
    const root = element.querySelector(".lx-ranked"),
      words = JSON.parse(root.dataset.words),
      list = root.querySelector("ol");
    let ticket = 0;
    const load = async () => {
      if (!props.value || !props.value.sheet) return;
      const mine = ++ticket, value = props.value, bitmap = await opened(value.sheet);
      if (mine !== ticket) return;
      list.replaceChildren(...value.candidates.map((one, place) => {
        const canvas = make("canvas"),
          name = fill(words.candidate, {
            place: place + 1,
            number: one.number,
            similarity: one.similarity.toFixed(3).replace("-", "−"),
          });
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", name);
        put(canvas, bitmap, place, value.w, value.h);
        return make(
          "li",
          { className: one.verdict.all ? "lx-right" : "" },
          canvas,
          make("p", { textContent: name }),
          make("p", { className: "lx-claims" }, ...claims(one.verdict, words)),
        );
      }));
      const right = value.candidates.filter((one) => one.verdict.all).length;
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        fill(words.ranked_says, { sentence: value.sentence, right, count: value.candidates.length }),
      );
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };

  // Value: {sheet: picture, rebuilt, difference; patches of the cells; w, h, side, tokens, different, error;
  //   with the first result codebook, row}
  luoxia.codebook = (element, props, watch) => {
    const root = element.querySelector(".lx-codes"), words = JSON.parse(root.dataset.words);
    const panes = [...root.querySelectorAll(".lx-three canvas")], grid = root.querySelector(".lx-mesh");
    const book = root.querySelector(".lx-book canvas"), said = root.querySelector(".lx-book output");
    let value = null, entries = null, row = 0, looked = -1, ticket = 0;
    function paint() {
      if (!entries) return;
      const side = entries.width / row, used = new Set(value.tokens), context = book.getContext("2d");
      [book.width, book.height] = [entries.width, entries.height];
      context.globalAlpha = 0.28;
      context.drawImage(entries, 0, 0);
      context.globalAlpha = 1;
      context.lineWidth = 2;
      context.strokeStyle = getComputedStyle(root).getPropertyValue("--lx-glow");
      for (const token of [...used, looked].filter((one) => one >= 0)) {
        const [x, y] = [side * (token % row), side * Math.floor(token / row)];
        context.drawImage(entries, x, y, side, side, x, y, side, side);
        if (token === looked) context.strokeRect(x - 1, y - 1, side + 2, side + 2);
      }
      const times = value.tokens.filter((token) => token === looked).length;
      said.textContent = looked < 0
        ? fill(words.used, { used: used.size })
        : fill(words.entry, { token: looked, times });
      [...grid.children].forEach((cell, i) => cell.setAttribute("aria-pressed", String(value.tokens[i] === looked)));
    }
    const look = (token) => {
      looked = token === looked ? -1 : token;
      paint();
    };
    book.addEventListener("click", (click) => {
      if (!entries) return;
      const box = book.getBoundingClientRect(), side = box.width / row;
      look(Math.floor((click.clientX - box.left) / side) + row * Math.floor((click.clientY - box.top) / side));
    });
    const load = async () => {
      if (!props.value || !props.value.sheet) return;
      const mine = ++ticket, next = props.value;
      const [sheet, patches, all] = await Promise.all(
        [next.sheet, next.patches, next.codebook].map((file) => (file ? opened(file) : null)),
      );
      if (mine !== ticket) return;
      value = next;
      if (all) [entries, row] = [all, next.row];
      panes.forEach((canvas, i) => put(canvas, sheet, i, value.w, value.h));
      grid.style.setProperty("--columns", value.side);
      grid.replaceChildren(...value.tokens.map((token, i) => {
        const canvas = make("canvas"), cell = make("button", { type: "button", title: token }, canvas);
        cell.setAttribute("aria-label", fill(words.token, { token }));
        put(canvas, patches, i, patches.height, patches.height);
        cell.addEventListener("click", () => look(token));
        return cell;
      }));
      looked = -1;
      paint();
      luoxia.sentence(
        root.querySelector(".lx-verdict"),
        fill(words.rebuilt_says, {
          cells: value.tokens.length,
          different: value.different,
          error: (100 * value.error).toFixed(1),
        }),
      );
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    luoxia.onTheme(() => value && paint());
    watch("value", load);
    load();
  };

  // Value: {sheet, sentences: {en: [{text, p, right}], zh: [...]}, truth: {en, zh} or {}}
  luoxia.sentences = (element, props, watch) => {
    const root = element.querySelector(".lx-described"), words = JSON.parse(root.dataset.words);
    const canvas = root.querySelector("canvas"), lists = [...root.querySelectorAll("[data-lang]")];
    let ticket = 0;
    const load = async () => {
      if (!props.value || !props.value.sheet) return;
      const mine = ++ticket, value = props.value, picture = await opened(value.sheet);
      if (mine !== ticket) return;
      put(canvas, picture, 0, picture.width, picture.height);
      for (const box of lists) {
        const name = box.dataset.lang,
          found = value.sentences[name],
          most = Math.max(...found.map((one) => one.p), 1e-9);
        box.querySelector("ol").replaceChildren(...found.map((one) => {
          const mark = one.right === null ? "" : one.right ? "✓" : "✗", bar = make("i");
          bar.style.setProperty("--share", one.p / most);
          const line = make(
            "li",
            { className: one.right ? "lx-holds" : "" },
            make("span", { textContent: one.text, lang: name }),
            bar,
            make("output", { textContent: `${percent(one.p)} ${mark}` }),
          );
          if (mark) line.title = one.right ? words.agrees : words.differs;
          return line;
        }));
        const truth = value.truth[name];
        box.querySelector("p").textContent = truth ? fill(words.truth, { truth }) : "";
      }
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };
})();
