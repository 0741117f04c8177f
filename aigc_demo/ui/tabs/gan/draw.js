// A grid of pictures to pick from: the first is where a walk starts, the second where it ends, the third is c of
// a - b + c. Value: {sheets, w, h, kind, seeds: [seed], digits: [class] or []}
(() => {
  const SLOTS = ["a", "b", "c"];

  // arrow keys move between the buttons of a grid; Tab leaves it
  const rove = (grid) =>
    grid.addEventListener("keydown", (event) => {
      const cells = [...grid.querySelectorAll("button")], at = cells.indexOf(event.target);
      const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      const to = step && at >= 0 && cells[at + step];
      if (!to) return;
      event.preventDefault();
      cells[at].tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    });

  // as many buttons with a canvas as there are names
  luoxia.cells = (grid, names) => {
    if (!grid.dataset.roving) {
      grid.dataset.roving = "1";
      rove(grid);
    }
    const cells = [...grid.querySelectorAll("button")];
    cells.slice(names.length).forEach((cell) => cell.remove());
    while (cells.length < names.length) {
      const cell = luoxia.make("button", { type: "button", tabIndex: cells.length ? -1 : 0 }, luoxia.make("canvas"));
      cell.setAttribute("aria-pressed", "false");
      cells.push(cell);
      grid.append(cell);
    }
    const kept = cells.slice(0, names.length);
    if (!kept.some((cell) => cell.tabIndex === 0)) kept[0].tabIndex = 0;
    kept.forEach((cell, i) => {
      cell.title = names[i];
      cell.setAttribute("aria-label", names[i]);
    });
    return kept;
  };

  luoxia.gallery = (element, props, watch, trigger, event) => {
    const root = element.querySelector(".lx-gallery"), grid = root.querySelector(".lx-cells");
    const slots = [...root.querySelectorAll(".lx-slot")], words = JSON.parse(root.dataset.words);
    const steps = [...root.querySelectorAll("[data-go]")], clear = root.querySelector(".lx-clear");
    let value = null, draw = null, picks = [];

    const name = (place) => {
      const digit = value.digits.length ? ` · ${luoxia.fill(words.digit, { digit: value.digits[place] })}` : "";
      return `${luoxia.fill(words.seed, { seed: value.seeds[place] })}${digit}`;
    };
    const columns = (count) => (count <= 4 ? count : count <= 64 ? Math.min(8, Math.ceil(Math.sqrt(count))) : 10);

    function mark() {
      grid.querySelectorAll("button").forEach((cell, place) => {
        const slot = picks.indexOf(value.seeds[place]);
        cell.setAttribute("aria-pressed", String(slot >= 0));
        cell.dataset.mark = slot >= 0 ? SLOTS[slot] : "";
      });
      slots.forEach((slot, i) => {
        const place = value.seeds.indexOf(picks[i]);
        slot.classList.toggle("lx-filled", place >= 0);
        slot.querySelector("output").textContent = place >= 0 ? name(place) : words.empty;
        if (place >= 0) draw(slot.querySelector("canvas"), place, value.kind);
      });
      steps.forEach((step) => {
        step.disabled = picks.length < +step.dataset.needs;
      });
      clear.disabled = !picks.length;
      root.dataset.picks = picks.join();
    }

    grid.addEventListener("click", (click) => {
      const place = [...grid.children].indexOf(click.target.closest("button"));
      if (place < 0) return;
      const seed = value.seeds[place], slot = picks.indexOf(seed);
      if (slot >= 0) picks.splice(slot, 1);
      else picks = [...picks.slice(0, SLOTS.length - 1), seed]; // a fourth one takes the place of the third
      mark();
      const now = picks.indexOf(seed);
      luoxia.say(now >= 0 ? `${SLOTS[now]}: ${name(place)}` : words.empty);
    });
    clear.addEventListener("click", () => {
      picks = [];
      mark();
    });
    steps.forEach((step) =>
      step.addEventListener("click", () => {
        luoxia.picks = { to: step.dataset.go, seeds: picks };
        luoxia.open(step.dataset.go);
        luoxia.arrived(`${step.dataset.go}-model`, () => trigger(event));
      })
    );

    luoxia.sheet(element, props, watch, (...now) => {
      [value, draw] = now;
      picks = picks.filter((seed) => value.seeds.includes(seed));
      grid.style.setProperty("--columns", columns(value.seeds.length));
      const names = value.seeds.map((_, place) => name(place));
      luoxia.cells(grid, names).forEach((cell, place) => draw(cell.firstChild, place, value.kind));
      element.closest(".lx-bench").dataset.told = String(value.digits.length > 0); // whether a class can be asked for
      const blank = root.querySelector(".lx-blank"), { noise_length: length } = value;
      blank.hidden = length === undefined;
      blank.textContent = blank.hidden ? "" : luoxia.fill(words.blank, { length });
      mark();
    });
  };

  // calls back once a control of a tab that was just opened is there, and has had a moment to come to life
  luoxia.arrived = (id, then, patience = 100) => {
    if (document.getElementById(id)) setTimeout(then, 150);
    else if (patience > 0) setTimeout(() => luoxia.arrived(id, then, patience - 1), 50);
  };

  // the values of the controls of the walk and of the sum, with the picks in those that they were sent to
  luoxia.sent = (model, checkpoint, limit, digit, ...now) => {
    const { to, seeds } = luoxia.picks, walk = now.slice(0, 6), mix = now.slice(6);
    return to === "gan_walk"
      ? [model, checkpoint, seeds[0], seeds[1], limit, digit, ...mix]
      : [...walk, model, checkpoint, ...seeds, digit];
  };
})();
