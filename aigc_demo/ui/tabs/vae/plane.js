// The plane: one point, decoded by four models at once, in the browser. The weights and the codes of 2,000 test digits
// travel once, when the plane is first seen; nothing asks the server after that. Value: {x, y}, written when a point
// has been chosen here.
(() => {
  const KINDS = ["ae", "vae", "cvae", "beta4"];
  const CELLS = 18, PIXELS = 28; // pictures along a side of the map, and of a picture
  const FINE = 0.05, COARSE = 0.5; // steps of the arrow keys, without and with Shift
  const NEAREST = 15, NEAR = 0.4; // digits that are asked what lies near, and how far the first may be
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  const files = {}; // address -> promise of {labels, decode, points, deviations}
  async function arrive(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    const tensors = luoxia.tensors(await answer.arrayBuffer());
    const models = { labels: tensors.labels.data, decode: {}, points: {}, deviations: {}, parameters: 0 };
    for (const kind of KINDS) {
      models.decode[kind] = luoxia.decoder(tensors, kind);
      models.points[kind] = tensors[`${kind}.points`].data;
      models.deviations[kind] = tensors[`${kind}.deviations`]?.data;
      models.parameters += models.decode[kind].parameters;
    }
    return models;
  }
  const fetched = (address) => {
    files[address] ||= arrive(address).catch((error) => {
      delete files[address];
      throw error;
    });
    return files[address];
  };

  // What a point is near to, in a model's own plane: the classes of the digits around it, the commonest first; or none.
  function around(points, labels, x, y) {
    const near = [];
    for (let n = 0; n < labels.length; n++) {
      near.push([(points[2 * n] - x) ** 2 + (points[2 * n + 1] - y) ** 2, labels[n]]);
    }
    near.sort((a, b) => a[0] - b[0]);
    if (near[0][0] > NEAR ** 2) return [];
    const votes = new Map();
    for (const [, label] of near.slice(0, NEAREST)) votes.set(label, (votes.get(label) || 0) + 1);
    return [...votes].sort((a, b) => b[1] - a[1]);
  }

  luoxia.plane = (element, props, _watch, trigger, event) => {
    const root = element.querySelector(".lx-plane");
    if (!root.dataset.file) return; // the models do not ship
    const box = root.querySelector(".lx-field"),
      canvas = box.querySelector("canvas"),
      pin = box.querySelector(".lx-pin");
    const words = JSON.parse(root.dataset.words), rings = [words.ring_1, words.ring_2];
    const field = luoxia.field(canvas);
    const pictures = Object.fromEntries(
      KINDS.map((kind) => [kind, root.querySelector(`[data-picture=${kind}] canvas`)]),
    );
    const where = root.querySelector(".lx-where"),
      near = root.querySelector(".lx-near"),
      badge = root.querySelector(".lx-badge");
    const maps = {}; // "<kind>" or "cvae 3" -> a canvas of decoded cells
    let models = null,
      colours = luoxia.palette(false),
      at = { x: +root.dataset.x, y: +root.dataset.y, digit: +root.dataset.digit };
    let kind = "vae", shown = "dots", only = null, planned = 0, held = false, ticket = 0;

    const input = (kind, x, y, digit) => {
      const numbers = new Float32Array(models.decode[kind].ins);
      numbers.set([x, y]);
      if (numbers.length > 2) numbers[2 + digit] = 1;
      return numbers;
    };
    const decode = (kind, x, y, digit) => models.decode[kind](input(kind, x, y, digit));

    // the four pictures
    function answer() {
      planned = 0;
      [pin.style.left, pin.style.top] = field.share(at.x, at.y).map((share) => `${100 * share}%`);
      where.textContent = ["x", "y"].map((axis) =>
        `z${axis === "x" ? "₁" : "₂"} = ${at[axis].toFixed(2).replace("-", "−")}`
      ).join(" · ");
      if (!models) return;
      const began = performance.now();
      for (const kind of KINDS) luoxia.ink(pictures[kind], decode(kind, at.x, at.y, at.digit), colours);
      const took = performance.now() - began;
      root.dataset.milliseconds = took;
      say(took);
      const classes = around(models.points[kind], models.labels, at.x, at.y);
      near.textContent = neighbours(classes);
      near.classList.toggle("lx-far", !classes.length);
    }
    const neighbours = (classes) => {
      if (!classes.length) return words.near_none;
      const [[first, votes], [second] = []] = classes;
      return luoxia.fill(votes > 0.8 * NEAREST || second === undefined ? words.near_one : words.near_two, {
        first,
        second,
      });
    };
    const say = (took) => {
      const facts = [
        luoxia.text.live,
        words.here,
        `${took < 9.95 ? took.toFixed(1) : Math.round(took)} ${luoxia.text.milliseconds}`,
      ];
      facts.push(`${luoxia.count(models.parameters)} ${luoxia.text.parameters}`);
      badge.replaceChildren(
        ...facts.map((textContent, i) => luoxia.make("span", { textContent, className: i ? "" : "lx-state-name" })),
      );
      badge.dataset.state = "live";
    };
    const soon = () => {
      planned ||= requestAnimationFrame(answer);
    };

    // what lies behind the point
    const named = () => (kind === "cvae" ? `cvae ${at.digit}` : kind);
    function paint() {
      if (!models) return field.draw({ rings, only: null });
      if (shown === "map") {
        chart();
        field.draw({ tiles: maps[named()].sheet, rings });
      } else {
        const { labels, points, deviations } = models;
        field.draw({ points: points[kind], deviations: deviations[kind], labels, only, named: kind !== "cvae", rings });
      }
    }

    // every cell of the map, a row at a time, so that nothing waits for it
    async function chart() {
      const name = named(), map = (maps[name] ||= { sheet: sheet(), rows: [], busy: false });
      if (map.busy || map.rows.length === CELLS) return;
      map.busy = true;
      const [kind_, digit] = [kind, at.digit], step = (2 * field.reach) / CELLS;
      while (map.rows.length < CELLS && root.isConnected) {
        const y = field.reach - (map.rows.length + 0.5) * step;
        map.rows.push(Array.from({ length: CELLS }, (_, i) => decode(kind_, (i + 0.5) * step - field.reach, y, digit)));
        row(map, map.rows.length - 1);
        if (shown === "map" && named() === name) field.draw({ tiles: map.sheet, rings });
        await new Promise((go) => setTimeout(go));
      }
      map.busy = false;
      root.dataset.charted = name;
    }
    const sheet = () =>
      Object.assign(document.createElement("canvas"), { width: CELLS * PIXELS, height: CELLS * PIXELS });
    const cell = Object.assign(document.createElement("canvas"), { width: PIXELS, height: PIXELS });
    const row = (map, at) =>
      map.rows[at].forEach((shares, i) => {
        luoxia.ink(cell, shares, colours);
        map.sheet.getContext("2d").drawImage(cell, i * PIXELS, at * PIXELS);
      });

    // choosing a point
    const fixed = (axis) => { // a lesson may have locked or hidden the slider
      const slider = document.querySelector(`#vae_plane-${axis} input[type=range]`);
      return !slider || slider.disabled;
    };
    function move(x, y, digit = at.digit) {
      const other = digit !== at.digit;
      at = { x: +x, y: +y, digit };
      if (other && kind === "cvae" && shown === "map") paint();
      soon();
    }
    const choose = ([x, y]) => move(fixed("x") ? at.x : +x.toFixed(2), fixed("y") ? at.y : +y.toFixed(2));
    let telling = 0;
    const tell = () => {
      clearTimeout(telling);
      if (planned) {
        cancelAnimationFrame(planned);
        answer();
      }
      props.value = { x: at.x, y: at.y };
      trigger(event);
      luoxia.say(`${where.textContent}. ${near.textContent}`);
    };
    const pointed = (pointer) => {
      const edge = canvas.getBoundingClientRect();
      choose(field.code((pointer.clientX - edge.left) / edge.width, (pointer.clientY - edge.top) / edge.height));
    };
    box.addEventListener("pointerdown", (pointer) => {
      if (pointer.button || pointer.target.closest("button")) return;
      pointer.preventDefault();
      box.focus({ preventScroll: true });
      box.setPointerCapture(pointer.pointerId);
      held = true;
      pointed(pointer);
    });
    box.addEventListener("pointermove", (pointer) => held && pointed(pointer));
    for (const name of ["pointerup", "pointercancel"]) {
      box.addEventListener(name, () => {
        if (held) {
          held = false;
          tell();
        }
      });
    }
    box.addEventListener("keydown", (key) => {
      const way = ARROWS[key.key];
      if (!way && key.key !== "Home") return;
      key.preventDefault();
      const step = key.shiftKey ? COARSE : FINE, bound = (v) => Math.max(-field.reach, Math.min(field.reach, v));
      choose(way ? [bound(at.x + way[0] * step), bound(at.y + way[1] * step)] : [0, 0]);
      clearTimeout(telling);
      telling = setTimeout(tell, 250);
    });

    // the buttons
    const press = (attribute, chosen) =>
      root.querySelectorAll(`[data-${attribute}]`).forEach((button) =>
        button.setAttribute("aria-pressed", String(button.dataset[attribute] === String(chosen)))
      );
    const switches = (attribute, then) =>
      root.querySelectorAll(`[data-${attribute}]`).forEach((button) =>
        button.addEventListener("click", () => {
          then(button.dataset[attribute]);
          refresh();
        })
      );
    switches("kind", (value) => {
      kind = value;
    });
    switches("show", (value) => {
      shown = value;
    });
    switches("only", (value) => {
      only = only === +value ? null : +value;
    });
    function refresh() {
      press("kind", kind);
      press("show", shown);
      press("only", only);
      root.dataset.shows = shown;
      root.querySelectorAll("[data-about]").forEach((line) => {
        line.hidden = line.dataset.about !== kind;
      });
      root.querySelectorAll("[data-axes]").forEach((line) => {
        line.hidden = line.dataset.axes !== shown;
      });
      root.querySelectorAll("[data-picture]").forEach((figure) =>
        figure.classList.toggle("lx-chosen", figure.dataset.picture === kind)
      );
      paint();
      answer();
    }

    // arriving
    const state = root.querySelector(".lx-arriving"), again = state.querySelector("button");
    async function arrives() {
      const mine = ++ticket;
      state.hidden = false;
      [state.firstElementChild.textContent, again.hidden] = [words.waiting, true];
      try {
        models = await fetched(root.dataset.file);
      } catch {
        if (mine === ticket) [state.firstElementChild.textContent, again.hidden] = [words.failed, false];
        return;
      }
      state.hidden = true;
      for (const kind of KINDS) decode(kind, 0, 0, 0); // the first time takes longer, and would be shown
      refresh();
      root.dataset.ready = "1";
    }
    again.addEventListener("click", arrives);
    luoxia.onceSeen(box, arrives);
    new ResizeObserver(() => {
      paint();
      answer();
    }).observe(box);
    luoxia.onTheme(() => {
      colours = luoxia.palette(false);
      Object.values(maps).forEach((map) => map.rows.forEach((_, i) => row(map, i)));
      paint();
      answer();
    });
    Object.assign(root, { move, decode, answer });
    refresh();
  };
})();
