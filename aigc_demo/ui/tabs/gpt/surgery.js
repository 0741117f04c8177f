// Token surgery: one place of a text under the lamp, every step of the choice as a row of bars, and branches from
// there.
// Three views of one form share a desk: the text, the odds of the place, the branches. All of it is one person's own.
(() => {
  const { make, fill } = luoxia;
  const ROWS = 5, CONTEXT = 48; // rows of bars; characters that are shown before a parting
  const desks = {};
  const desk = (
    name,
  ) => (desks[name] ||= { signs: [], position: 0, wish: null, chosen: null, listeners: [], nodes: [] });
  const changed = (name) => desk(name).listeners.forEach((listener) => listener());
  const signs = (words) => [...words];

  // what the form's hidden boxes are filled with, see ui/tabs/gpt/surgery.py
  luoxia.surgeryPlace = (name) => desk(name).position;
  luoxia.surgeryWish = (name) => {
    const mine = desk(name);
    const wish = mine.wish ||
      { text: mine.signs.slice(0, Math.max(1, mine.position)).join(""), at: mine.position, rival: "" };
    mine.wish = null;
    mine.started = { ...wish, parent: mine.current ?? null };
    return wish.text;
  };
  luoxia.surgeryChosen = (name) => desk(name).chosen;
  luoxia.wholeText = (id) => document.querySelector(`#${id} .lx-tokens`)?.whole?.() || "";

  luoxia.surgeryText = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-tokens"), name = root.dataset.form, mine = desk(name);
    const words = JSON.parse(root.dataset.words);
    const list = root.querySelector(".lx-rivals-list"), facts = root.querySelector(".lx-token-facts");
    const details = (place) => {
      const token = script.tokens[place];
      root.classList.toggle("lx-looking", Boolean(token && token[4].length));
      if (!token || !token[4].length) return;
      facts.replaceChildren(
        make("b", { textContent: luoxia.sign(token[0]) }),
        ...[
          fill(words.thought, { p: luoxia.percent(token[1]) }),
          fill(words.surprise, { nats: (-Math.log(Math.max(token[1], 1e-9))).toFixed(2) }),
          fill(words.entropy, { nats: token[3].toFixed(2) }),
        ].map((line) => make("span", { textContent: line })),
      );
      luoxia.rivalBars(list, token);
    };
    const caret = () => {
      script.hold(mine.position);
      script.spans.forEach((span) => span.classList.remove("lx-lamp"));
      script.spans[Math.min(mine.position, script.spans.length - 1)]?.classList.add("lx-lamp");
    };
    const pick = (place) => {
      mine.position = Math.max(1, place);
      caret();
      trigger("select");
    };
    const script = luoxia.tokenText(root.querySelector(".lx-text"), { hover: details, pick });
    mine.put = (tokens) => {
      script.clear();
      details(-1);
      script.add(tokens);
      script.add([["", 1, 1, 0, []]]); // the place behind the text
      script.spans[script.spans.length - 1].classList.add("lx-beyond");
      mine.signs = tokens.map((token) => token[0]);
      mine.tokens = tokens;
      mine.position = Math.min(mine.position, tokens.length);
      root.querySelector(".lx-text").scrollTop = 0;
      script.mark(mine.position, { scroll: true, quiet: true });
      script.mark(-1, { quiet: true });
      caret();
    };
    const show = () => {
      const value = props.value;
      if (!value || !value.run) return;
      mine.put(JSON.parse(value.prompt));
      root.dataset.ready = value.run;
      changed(name);
    };
    mine.caret = caret;
    watch("value", show);
    show();
  };

  luoxia.odds = (element, props, watch) => {
    const root = element.querySelector(".lx-lamp-odds"), name = root.dataset.form, mine = desk(name);
    const words = JSON.parse(root.dataset.words),
      grid = root.querySelector(".lx-odds-grid"),
      title = root.querySelector(".lx-odds-title");
    const note = root.querySelector(".lx-odds-note");
    const branch = (rival, position) => {
      mine.wish = { text: mine.signs.slice(0, position).join("") + rival, at: position, rival };
      document.getElementById(`${name}-run`)?.click();
    };
    const show = () => {
      const value = props.value;
      if (!value || !value.candidates) return;
      mine.position = value.position;
      const { candidates, rest, settings } = value;
      const before = value.before, actual = value.actual;
      title.replaceChildren(
        make("span", { textContent: `${words.after} ` }),
        make("q", { textContent: `${value.earlier ? "…" : ""}${luoxia.sign(before).replaceAll("␣", " ")}` }),
      );
      const labels = [
        words.softmax,
        fill(words.tempered, settings),
        settings.top_k ? fill(words.top_k, settings) : words.top_k_off,
        fill(words.top_p, settings),
        words.final,
      ];
      const columns = [...candidates, rest];
      const top = Math.max(...columns.flatMap((column) => column.slice(1)), 1e-9);
      const cells = [];
      const place = (part, row, column) => {
        part.style.gridArea = `${row} / ${column}`;
        cells.push(part);
        return part;
      };
      labels.forEach((label, row) => place(make("p", { className: "lx-odds-label", textContent: label }), row + 2, 1));
      columns.forEach((column, i) => {
        const [rival, ...shares] = column, other = i === candidates.length;
        const head = make(other ? "span" : "button", {
          className: "lx-odds-head",
          textContent: other ? words.rest : luoxia.sign(rival),
        });
        if (!other) {
          head.type = "button";
          head.setAttribute(
            "aria-label",
            fill(words.branch, { rival: luoxia.sign(rival), p: luoxia.percent(shares[ROWS - 1]) }),
          );
          head.title = fill(words.branch, { rival: luoxia.sign(rival), p: luoxia.percent(shares[ROWS - 1]) });
          head.addEventListener("click", () => branch(rival, value.position));
          if (rival === actual) head.classList.add("lx-chosen");
        }
        place(head, 1, i + 2);
        shares.forEach((share, row) => {
          const bar = make("i");
          bar.style.height = `${(100 * share) / top}%`;
          const cell = make(
            "span",
            { className: "lx-odds-cell" },
            bar,
            make("small", { textContent: luoxia.percent(share).replace(" %", "") }),
          );
          if (share === 0) cell.classList.add("lx-out");
          if (!other && rival === actual) cell.classList.add("lx-chosen");
          cell.title = `${labels[row]} · ${other ? words.rest : luoxia.sign(rival)} · ${luoxia.percent(share)}`;
          if (!other) cell.addEventListener("click", () => branch(rival, value.position));
          place(cell, row + 2, i + 2);
        });
      });
      grid.style.gridTemplateColumns =
        `var(--lx-odds-label) repeat(${columns.length}, minmax(var(--lx-odds-least, 0), 1fr))`;
      grid.replaceChildren(...cells);
      const alive = candidates.filter((column) => column[ROWS] > 0).length;
      note.textContent = fill(rest[ROWS] > 0 ? words.note_more : words.note, {
        count: alive,
        nats: value.entropy.toFixed(2),
      });
      root.dataset.position = value.position;
      root.dataset.ready =
        `${value.position} ${settings.temperature} ${settings.top_k} ${settings.top_p} ${settings.min_p}`;
      mine.caret?.();
    };
    watch("value", show);
    show();
  };

  luoxia.branches = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-branches"), name = root.dataset.form, mine = desk(name);
    const words = JSON.parse(root.dataset.words),
      tree = root.querySelector(".lx-tree"),
      pair = root.querySelector(".lx-pair");
    const selects = [...root.querySelectorAll("select")], boxes = [...root.querySelectorAll(".lx-branch-text")];
    const nodes = mine.nodes;
    let run = "", seen = 0, growing = null; // the branch that is being written

    const textOf = (node) => node.signs.join("");
    const depth = (node) => (node.parent === null ? 0 : 1 + depth(nodes[node.parent]));
    const nameOf = (node) =>
      node.parent === null ? fill(words.root, { count: node.id }) : fill(words.child, {
        count: node.id,
        parent: node.parent,
        at: node.at,
        rival: luoxia.sign(node.rival || node.signs[node.at] || ""),
      });
    const parting = (a, b) => {
      let at = 0;
      while (at < a.length && at < b.length && a[at] === b[at]) at++;
      return at;
    };
    // which node the text of the form is; a text that nobody has seen yet is a new root
    const settle = () => {
      if (growing) return;
      const now = mine.signs.join("");
      if (!now) return;
      let node = nodes[mine.current];
      if (!node || textOf(node) !== now) node = nodes.find((one) => textOf(one) === now);
      if (!node) {
        const fresh = { id: nodes.length, parent: null, at: 0, rival: "", signs: [...mine.signs], tokens: mine.tokens };
        const only = nodes.length === 1 && nodes[0].parent === null; // nothing hangs on what was typed before
        if (only) nodes.length = 0;
        fresh.id = nodes.length;
        nodes.push(fresh);
        node = fresh;
      }
      node.tokens = mine.tokens;
      mine.current = node.id;
      draw();
    };
    const choose = (id) => {
      mine.current = id;
      const node = nodes[id];
      mine.chosen = [
        textOf(node),
        Math.max(1, node.parent === null ? Math.min(mine.position, node.signs.length) : node.at),
      ];
      mine.position = mine.chosen[1];
      mine.put?.(node.signs.map((sign, i) => node.tokens?.[i] || [sign, 1, 1, 0, []]));
      trigger("select");
      draw();
    };
    const sides = () => selects.map((select) => nodes[+select.value]);
    const fillBox = (box, node, at) => {
      const from = Math.max(0, at - CONTEXT);
      const common = make("span", {
        className: "lx-common",
        textContent: `${from ? "…" : ""}${node.signs.slice(from, at).join("")}`,
      });
      const mark = make("span", { className: "lx-slit" });
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", words.part);
      const rest = node.signs.slice(at).map((sign, i) => {
        const token = node.tokens?.[at + i];
        const span = make("span", { textContent: sign, className: "lx-token" });
        if (token) {
          span.style.setProperty("--lx-odd", luoxia.strength(token[1]).toFixed(2));
          span.title = luoxia.percent(token[1]);
        }
        return span;
      });
      box.replaceChildren(common, mark, ...rest);
    };
    const compare = () => {
      const [a, b] = sides();
      pair.hidden = nodes.length < 2;
      if (!a || !b) return;
      const at = parting(a.signs, b.signs);
      [a, b].forEach((node, i) => fillBox(boxes[i], node, at));
      root.dataset.parting = at;
      const same = a === b || (at === a.signs.length && at === b.signs.length);
      root.querySelector(".lx-verdict").textContent = same
        ? words.same
        : fill(words.parts, { at, a: luoxia.sign(a.signs[at] || "—"), b: luoxia.sign(b.signs[at] || "—") });
    };
    const draw = () => {
      tree.hidden = nodes.length < 2;
      root.querySelector(".lx-nothing").hidden = nodes.length > 1;
      const order = [];
      const walk = (parent) =>
        nodes.filter((node) => node.parent === parent).forEach((node) => {
          order.push(node);
          walk(node.id);
        });
      walk(null);
      tree.replaceChildren(...order.map((node) => {
        const button = make(
          "button",
          { type: "button" },
          make("b", { textContent: nameOf(node) }),
          make("span", {
            textContent: luoxia.sign(node.signs.slice(node.at, node.at + 60).join("")).replaceAll("␣", " "),
          }),
        );
        button.setAttribute("aria-pressed", String(node.id === mine.current));
        button.addEventListener("click", () => choose(node.id));
        const item = make("li", {}, button);
        item.style.setProperty("--lx-depth", Math.min(8, depth(node)));
        return item;
      }));
      const chosen = selects.map((select) => select.value);
      selects.forEach((select, side) => {
        select.replaceChildren(...order.map((node) => make("option", { value: node.id, textContent: nameOf(node) })));
        if (nodes[+chosen[side]] && chosen[side] !== "") select.value = chosen[side];
      });
      root.dataset.count = nodes.length;
      compare();
    };
    const aim = (left, right) => {
      draw();
      [selects[0].value, selects[1].value] = [left, right];
      compare();
    };
    selects.forEach((select) => select.addEventListener("change", compare));

    const show = () => {
      const value = props.value;
      if (!value || !value.run) return;
      if (value.run !== run) {
        [run, seen] = [value.run, 0];
        const start = { ...(mine.started || { text: "", at: 0, rival: "", parent: null }) };
        const beginning = signs(start.text);
        while (nodes[start.parent]?.parent != null && start.at <= nodes[start.parent].at) {
          start.parent = nodes[start.parent].parent;
        }
        growing = {
          id: nodes.length,
          parent: start.parent,
          at: start.at,
          rival: start.rival,
          signs: beginning,
          tokens: (nodes[start.parent]?.tokens || []).slice(0, start.at),
        };
        const given = JSON.parse(value.prompt); // what the model thought of the rival itself
        if (start.rival && given.length) growing.tokens[start.at] = given[given.length - 1];
        nodes.push(growing);
        aim(start.parent ?? growing.id, growing.id);
      }
      for (const part of value.parts.slice(seen).map((one) => JSON.parse(one))) {
        for (const token of part.tokens) {
          growing.tokens[growing.signs.length] = token;
          growing.signs.push(token[0]);
        }
      }
      seen = value.parts.length;
      compare();
      if (growing && value.done >= value.total) finish();
      const tell = (event, detail) => root.closest(".lx-bench")?.dispatchEvent(new CustomEvent(event, { detail }));
      tell("lx-progress", value);
      if (value.badge) tell("lx-badge", value.badge);
    };
    const finish = () => {
      if (!growing) return;
      const { id } = growing;
      growing = null;
      choose(id);
    };
    setTimeout(() => root.closest(".lx-bench")?.addEventListener("lx-end", finish)); // Stop keeps what is there
    mine.listeners.push(settle);
    watch("value", show);
    settle();
  };
})();
// What was written goes under the knife: the text, the first written place, and the settings.
luoxia.operate = (from, useCase, now) => {
  const [prompt, ...settings] = now;
  const signs = [...(luoxia.wholeText(from) || prompt)].slice(-4000);
  const written = [...(document.querySelector(`#${from} .lx-tokens`)?.written?.() || "")].length;
  luoxia.open(useCase);
  return [signs.join(""), Math.max(1, signs.length - written), ...settings];
};
