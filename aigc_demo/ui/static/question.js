// A question with its experiment: a guess is taken, "Show me" runs it, what comes out stands side by side under the
// question, the right answer is marked and said why. Room for all of that is made on the press, so that nothing moves
// when it comes. Value: {done, total, sides: [{name, measures, text | lines, axes | sheets, w, h, counts, columns,
// kind}]}
(() => {
  const { fill, make, text } = luoxia;
  const HEIGHT = 204; // pixels that the pictures of a side may take
  const cards = {}; // key of the question -> what to do when its experiment fails

  // a side in its box; `again` draws it once more in the colours of another theme
  async function put(box, side) {
    if (side.sheets) {
      const draw = await luoxia.openSheet(side), count = side.counts[0], rows = Math.ceil(count / side.columns);
      const grid = make("div", { className: "lx-side-tiles" }, ...Array.from({ length: count }, () => make("canvas")));
      const shape = (side.columns * side.w) / (rows * side.h); // as high as the box, or less where a row is long
      grid.style.cssText = `--columns:${side.columns};aspect-ratio:${shape};width:min(100%, ${HEIGHT * shape}px)`;
      const paint = () => [...grid.children].forEach((canvas, i) => draw(canvas, i, side.kind));
      paint();
      box.replaceChildren(grid);
      return paint;
    }
    if (!side.lines) {
      box.replaceChildren(make("p", { className: "lx-side-text", tabIndex: 0, textContent: side.text }));
      return () => {};
    }
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg"),
      all = side.lines.flatMap(({ points }) => points);
    const xs = all.map(([x]) => x);
    luoxia.chart(picture, {
      x: [Math.min(...xs), Math.max(...xs)],
      y: side.ends,
      across: side.axes[0],
      up: side.axes[1],
      lines: side.lines,
    });
    box.replaceChildren(make("div", { className: "lx-chart" }, picture));
    return () => {};
  }

  luoxia.unanswered = (card) => cards[card]?.();
  luoxia.question = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-predict"), { card, form } = root.dataset;
    const answers = [...root.querySelectorAll(".lx-answer")], box = answers[0].parentElement;
    const show = root.querySelector(".lx-ask button"), line = root.querySelector(".lx-ask output");
    const sides = root.querySelector(".lx-sides"),
      figures = [...sides.children],
      reveal = root.querySelector(".lx-reveal");
    box.append(...luoxia.turned(root.querySelector("p").textContent, answers)); // the right one is written first
    const uncover = root.querySelector(".lx-uncover");
    const open = () => {
      root.querySelector("style")?.remove();
      uncover?.remove();
    };
    uncover?.addEventListener("click", open);
    let guess = null, ticket = 0, asked = false;
    const repaint = [];

    answers.forEach((answer) =>
      answer.addEventListener("click", () => {
        if (root.dataset.answered || asked) return;
        guess = answer;
        answers.forEach((other) => other.setAttribute("aria-pressed", String(other === guess)));
        show.disabled = false;
        line.textContent = text.experiment_now;
        root.dispatchEvent(
          new CustomEvent("lx-guess", { bubbles: true, detail: { card, answer: answer.dataset.answer } }),
        );
      })
    );
    show.addEventListener("click", () => {
      asked = true;
      show.disabled = true;
      line.textContent = text.waiting;
      figures.forEach((figure) => {
        figure.dataset.empty = "1";
      });
      sides.hidden = reveal.hidden = false;
      reveal.dataset.waiting = "1"; // keeps its room, unseen and unheard
      trigger(event);
    });
    cards[card] = () => {
      asked = false;
      show.disabled = false;
      line.textContent = text.error_title;
    };

    const answered = () => {
      const right = guess.dataset.right === "1";
      asked = false;
      root.dataset.answered = "1";
      answers.forEach((answer) => {
        if (answer.dataset.right === "1") answer.dataset.chosen = "right";
        else if (answer === guess) answer.dataset.chosen = "wrong";
      });
      reveal.querySelector("b").textContent = right
        ? text.right
        : fill(text.wrong, { answer: answers.find((one) => one.dataset.right === "1").textContent });
      delete reveal.dataset.waiting;
      line.textContent = "";
      show.disabled = false;
      show.textContent = text.experiment_again;
      open();
      luoxia.guessed(card, right ? "right" : "wrong");
      luoxia.say([...figures.map((figure) => figure.lastChild.textContent), reveal.textContent].join(". "));
      const values = JSON.parse(root.dataset.sets);
      if (Object.keys(values).length) luoxia.set(form, values);
    };

    luoxia.onTheme(() => repaint.forEach((paint) => paint()));
    watch("value", async () => {
      const value = props.value;
      if (!value?.sides || !guess) return;
      const mine = ++ticket, done = value.done >= value.total;
      if (!done) {
        line.textContent = fill(text.experiment_under_way, { percent: Math.round((100 * value.done) / value.total) });
      }
      const ends = (up) => { // one scale for curves of one thing
        const lines = value.sides.filter((side) => side.axes[1] === up).flatMap((side) => side.lines || []);
        const heights = [0, ...lines.flatMap(({ points }) => points.map(([, y]) => y))];
        return [1.08 * Math.min(...heights), 1.08 * Math.max(...heights)];
      };
      for (const [i, side] of value.sides.entries()) {
        const figure = figures[i], [place, caption] = figure.children;
        if (!done && !figure.dataset.empty) continue;
        repaint[i] = await put(place, { ...side, ends: ends(side.axes[1]) });
        if (mine !== ticket) return;
        delete figure.dataset.empty;
        caption.replaceChildren(
          make("b", { textContent: side.name }),
          ...side.measures.map((words) => make("span", { textContent: words })),
        );
        place.firstChild.setAttribute("aria-label", caption.textContent);
        place.firstChild.setAttribute("role", side.text ? "group" : "img");
      }
      if (done) answered();
    });
  };
})();
