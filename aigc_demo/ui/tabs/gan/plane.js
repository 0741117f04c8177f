// Points of the plane: the duel of generator and critic as numbers arrive, and a pad to draw points on.
// A value of the duel is one moment of a training, or {file} of a recorded one; past moments stay here to be scrubbed.
(() => {
  const { text, make } = luoxia;
  const REACH = 1.4, MAP = 24, NET = 11, ARROW = 0.16; // as services/gan has them
  const KEPT = 600; // moments that can be scrubbed
  const PLOTS = 200; // milliseconds between two drawings of the small plots
  const STRENGTH = 0.45; // of the critic's colours: the points stay the loudest

  const bytes = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const places = (packed) => Float32Array.from(new Int16Array(bytes(packed).buffer), (number) => number / 8192);
  const shares = (packed) => Float32Array.from(new Int8Array(bytes(packed).buffer), (number) => number / 127);
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(`--lx-${name}`).trim();

  // the critic's map as a small canvas, the first row lowest: what it takes for made has the colour of made points
  function ground(critic, table) {
    const canvas = make("canvas", { width: MAP, height: MAP }), context = canvas.getContext("2d");
    const out = context.createImageData(MAP, MAP);
    for (let i = 0; i < MAP * MAP; i++) {
      const k = 3 * Math.round(127.5 - 127.5 * STRENGTH * critic[i]);
      const at = 4 * ((MAP - 1 - Math.floor(i / MAP)) * MAP + (i % MAP));
      out.data.set([table[k], table[k + 1], table[k + 2], 255], at);
    }
    context.putImageData(out, 0, 0);
    return canvas;
  }

  // a square of a canvas as a piece of the plane, the critic's map on its ground, and how to draw on it; whoever asks
  // for it restores the context. scale: dots of a small picture are a little larger
  function square(context, size, left, tones, critic) {
    const unit = size / (2 * REACH), scale = size / (size < 320 ? 400 : 480);
    const x = (place) => left + (place + REACH) * unit, y = (place) => (REACH - place) * unit;
    context.save();
    context.beginPath();
    context.rect(left, 0, size, size);
    context.clip();
    context.fillStyle = tones.surface;
    context.fillRect(left, 0, size, size);
    if (critic) {
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      context.drawImage(ground(shares(critic), tones.table), left, 0, size, size);
    }
    const dots = (points, radius, fill, alpha) => {
      context.globalAlpha = alpha;
      context.fillStyle = fill;
      context.beginPath();
      for (let i = 0; i < points.length; i += 2) {
        context.moveTo(x(points[i]) + radius, y(points[i + 1]));
        context.arc(x(points[i]), y(points[i + 1]), radius, 0, 7);
      }
      context.fill();
      context.globalAlpha = 1;
    };
    return { x, y, unit, scale, dots };
  }

  // one moment on a square of a canvas; colours: {table, ink, glow, line, surface}
  function paint(context, size, left, frame, real, layers, colours) {
    const { x, y, unit, scale, dots } = square(context, size, left, colours, layers.critic && frame.critic);
    const fake = places(frame.fake);
    if (layers.net) {
      const net = places(frame.grid);
      context.strokeStyle = colours.glow;
      context.lineWidth = scale;
      context.globalAlpha = 0.55;
      context.beginPath();
      for (let i = 0; i < NET; i++) {
        for (let j = 0; j < NET; j++) {
          const from = 2 * (i * NET + j);
          for (const to of [j + 1 < NET ? from + 2 : 0, i + 1 < NET ? from + 2 * NET : 0]) {
            if (!to) continue;
            context.moveTo(x(net[from]), y(net[from + 1]));
            context.lineTo(x(net[to]), y(net[to + 1]));
          }
        }
      }
      context.stroke();
      context.globalAlpha = 1;
    }
    if (layers.real !== false) dots(real, 1.8 * scale, colours.ink, 0.6);
    if (layers.pull) {
      const pull = shares(frame.pull);
      context.strokeStyle = colours.ink;
      context.lineWidth = 1.2 * scale;
      context.globalAlpha = 0.75;
      context.beginPath();
      for (let i = 0; i < pull.length / 2; i++) {
        const [dx, dy] = [ARROW * pull[2 * i], ARROW * pull[2 * i + 1]];
        const length = Math.hypot(dx, dy) * unit;
        if (length < 2) continue;
        const [toX, toY] = [x(fake[2 * i] + dx), y(fake[2 * i + 1] + dy)];
        context.moveTo(x(fake[2 * i]), y(fake[2 * i + 1]));
        context.lineTo(toX, toY);
        const angle = Math.atan2(-dy, dx), head = Math.min(4 * scale, length / 2);
        for (const side of [2.6, -2.6]) {
          context.moveTo(toX, toY);
          context.lineTo(toX + head * Math.cos(angle + side), toY + head * Math.sin(angle + side));
        }
      }
      context.stroke();
      context.globalAlpha = 1;
    }
    if (layers.fake !== false) dots(fake, 2.6 * scale, colours.glow, 0.9);
    context.restore();
  }

  const colours = () => ({
    table: luoxia.palette(true),
    ink: colour("ink"),
    glow: colour("glow"),
    surface: colour("surface"),
  });

  const recorded = async (value) => (await fetch(value.file.url)).json();

  luoxia.pointPlane = { REACH, ARROW, places, shares, square, colours, recorded }; // for other points of the plane

  luoxia.duel = (element, props, watch) => {
    const root = element.querySelector(".lx-duel"), words = JSON.parse(root.dataset.words);
    const canvas = root.querySelector(".lx-arena canvas"), context = canvas.getContext("2d");
    const range = root.querySelector(".lx-scrub input"), label = root.querySelector(".lx-scrub output");
    const play = root.querySelector(".lx-play"), buttons = [...root.querySelectorAll("[data-layer]")];
    const [turn, facts] = root.querySelector(".lx-now").children;
    let run = "", real = new Float32Array(), floor = 0, frames = [], at = -1, follow = true, waiting = 0, timer = 0;
    let tones = colours(), drawn = 0, plotted = 0, later = 0;
    const layers = () =>
      Object.fromEntries(
        buttons.map((button) => [button.dataset.layer, button.getAttribute("aria-pressed") === "true"]),
      );

    const two = (number) => (number === null || number === undefined ? "–" : number.toFixed(number < 10 ? 3 : 1));
    function sentence(frame) {
      const modes = frame.modes >= 0 ? luoxia.fill(words.summary_modes, { modes: frame.modes }) : "";
      return luoxia.fill(words.summary, { step: frame.step, distance: two(frame.distance), floor: two(floor) }) + modes;
    }

    // small plots: the window that is kept, scaled to what is in it
    function plot(name, series, { from = null, to = null, words: said = "" } = {}) {
      const figure = root.querySelector(`[data-curve="${name}"]`), svg = figure.querySelector("svg");
      const known = series.flatMap(([, read]) => frames.map(read)).filter(Number.isFinite);
      const low = from ?? Math.min(...known), high = Math.max(to ?? -Infinity, ...known);
      const first = frames[0].step, span = Math.max(1, frames[frames.length - 1].step - first);
      const x = (frame) => (294 * (frame.step - first)) / span + 3;
      const y = (number) => 60 - (56 * (number - low)) / Math.max(1e-9, high - low);
      series.forEach(([key, read]) => {
        let pen = "M", path = "";
        for (const frame of frames) {
          const number = read(frame);
          if (!Number.isFinite(number)) {
            pen = "M";
            continue;
          }
          path += `${pen}${x(frame).toFixed(1)} ${y(number).toFixed(1)}`;
          pen = "L";
        }
        svg.querySelector(`path[data-series="${key}"]`).setAttribute("d", path);
      });
      const now = series[0][1](frames[at]), circle = svg.querySelector("circle");
      circle.toggleAttribute("hidden", !Number.isFinite(now));
      if (Number.isFinite(now)) {
        circle.setAttribute("cx", x(frames[at]));
        circle.setAttribute("cy", y(now));
      }
      const dashed = svg.querySelector(".lx-floor");
      dashed.toggleAttribute("hidden", name !== "distance");
      if (name === "distance") {
        dashed.setAttribute("y1", y(floor));
        dashed.setAttribute("y2", y(floor));
      }
      figure.querySelector("output").textContent = said;
    }

    function curves() {
      clearTimeout(later);
      plotted = performance.now();
      const frame = frames[at];
      plot("distance", [["distance", (one) => one.distance]], { from: 0, to: floor, words: two(frame.distance) });
      root.querySelector("[data-curve=distance] svg").setAttribute(
        "aria-description",
        luoxia.fill(words.floor, { floor: two(floor) }),
      );
      plot("losses", [["generator", (one) => one.losses[0]], ["critic", (one) => one.losses[1]]]);
      const grid = frame.modes >= 0;
      root.querySelector("[data-curve=modes]").hidden = !grid;
      if (grid) {
        plot("modes", [["modes", (one) => one.modes]], {
          from: 0,
          to: 9,
          words: `${frame.modes} / 9 · ${luoxia.fill(words.target, { share: Math.round(100 * frame.target) })}`,
        });
      }
    }

    function show() {
      waiting = 0;
      const frame = frames[at];
      if (!frame) return;
      const size = Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio || 1)) || 560;
      if (canvas.width !== size) [canvas.width, canvas.height] = [size, size];
      paint(context, size, 0, frame, real, layers(), tones);
      canvas.setAttribute("aria-label", sentence(frame));
      turn.textContent = luoxia.fill(words.turn, { step: frame.step });
      facts.textContent = frame.speed ? luoxia.fill(words.per_second, { count: frame.speed }) : "";
      if (performance.now() - plotted > PLOTS) curves();
      else {
        clearTimeout(later);
        later = setTimeout(curves, PLOTS);
      }
      [range.max, range.value] = [frames.length - 1, at];
      luoxia.filled(range);
      label.textContent = `${at + 1} / ${frames.length}`;
      root.dataset.count = frames.length;
      root.dataset.step = frame.step;
      root.dataset.draws = ++drawn;
    }
    const soon = () => {
      waiting ||= requestAnimationFrame(show);
    };

    function halt() {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
      play.setAttribute("aria-label", text.play);
    }
    function start(from) {
      at = from;
      follow = false;
      play.classList.add("lx-playing");
      play.setAttribute("aria-label", text.pause);
      timer = setInterval(() => {
        if (document.hidden || !root.isConnected) return;
        if (at >= frames.length - 1) {
          halt();
          follow = true;
          return;
        }
        at += 1;
        soon();
      }, 70);
    }
    play.addEventListener("click", () => (timer ? halt() : start(at >= frames.length - 1 ? 0 : at)));
    range.addEventListener("input", () => {
      halt();
      at = +range.value;
      follow = at === frames.length - 1;
      soon();
    });
    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        soon();
      })
    );

    function take(value) {
      const last = frames[frames.length - 1];
      if (value.run !== run || !last || value.step < last.step || value.step === 0) {
        halt();
        [run, real, floor, frames, follow] = [value.run, places(value.real), value.floor, [], true];
      }
      if (!follow && !timer && at === frames.length - 1) follow = true;
      frames.push(value);
      if (frames.length > KEPT) {
        frames.shift();
        at -= 1;
      }
      if (follow) {
        halt();
        at = frames.length - 1;
      }
      at = Math.max(0, at);
      root.querySelector(".lx-changed").hidden = value.plain !== false;
      soon();
    }
    async function changed() {
      const value = props.value;
      if (!value) return;
      if (!value.file) {
        take(value);
        return;
      }
      const film = await recorded(value);
      if (props.value !== value && props.value && !props.value.file) return; // a live one was faster
      [run, real, floor, frames] = ["recorded", places(film.real), film.floor, film.frames];
      at = frames.length - 1;
      soon();
      root.dataset.ready = "1";
      if (!luoxia.calm()) start(0);
    }
    luoxia.onTheme(() => {
      tones = colours();
      soon();
    });
    new ResizeObserver(soon).observe(canvas);
    watch("value", changed);
    changed();
  };

  // stop a run because a control makes it begin anew
  luoxia.halt = (useCase) => {
    if (document.getElementById(`${useCase}-run`)?.closest(".lx-bench")?.dataset.busy) luoxia.stopped(useCase);
    return [];
  };

  // a card of the landing view: the points, the critic, the net of noise, learning together
  luoxia.film = async (canvas, value, loop) => {
    const film = await recorded(value), real = places(film.real), size = 240;
    [canvas.width, canvas.height] = [3 * size, size];
    canvas.style.imageRendering = "auto";
    const context = canvas.getContext("2d");
    let tones = colours(), last = film.frames.length - 1;
    const show = (at) => {
      last = at;
      const frame = film.frames[at];
      paint(context, size, 0, frame, real, {}, tones);
      paint(context, size, size, frame, real, { critic: true, pull: true, real: false }, tones);
      paint(context, size, 2 * size, frame, real, { net: true, real: false, fake: false }, tones);
    };
    luoxia.onTheme(() => {
      tones = colours();
      show(last);
    });
    show(last);
    if (!luoxia.calm()) loop(canvas, film.frames.length, show, { pause: 100, rest: 24 }).start(0);
  };

  luoxia.pad = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-pad"),
      canvas = root.querySelector("canvas"),
      context = canvas.getContext("2d");
    const count = root.querySelector("output"), most = +root.dataset.most, words = JSON.parse(root.dataset.words);
    const SIZE = canvas.width, NEAR = 0.035, JUMP = 0.05;
    let points = [], cursor = null, drawing = false, mine = "";
    const written = () => points.map(([x, y]) => `${x},${y}`).join("; ");
    const read = (value) =>
      (value || "").split(";").map((piece) => piece.split(",").map(Number))
        .filter((pair) => pair.length === 2 && pair.every(Number.isFinite)).slice(0, most);
    const bound = (number) => Math.round(100 * Math.max(-1, Math.min(1, number))) / 100;
    const spot = ([x, y]) => [((x + 1.1) * SIZE) / 2.2, ((1.1 - y) * SIZE) / 2.2];

    function show() {
      context.fillStyle = colour("surface");
      context.fillRect(0, 0, SIZE, SIZE);
      context.strokeStyle = colour("line");
      context.strokeRect(...spot([-1, 1]), (2 * SIZE) / 2.2, (2 * SIZE) / 2.2);
      context.fillStyle = colour("ink");
      for (const point of points) {
        context.beginPath();
        context.arc(...spot(point), 2.5, 0, 7);
        context.fill();
      }
      if (cursor && document.activeElement === canvas) {
        const [x, y] = spot(cursor);
        context.strokeStyle = colour("glow");
        context.beginPath();
        context.moveTo(x - 7, y);
        context.lineTo(x + 7, y);
        context.moveTo(x, y - 7);
        context.lineTo(x, y + 7);
        context.stroke();
      }
      count.textContent = luoxia.fill(words.count, { count: points.length, most });
    }
    function send() {
      mine = written();
      props.value = mine;
      if (trigger) trigger("change");
    }
    function add(point) {
      if (points.length < most) points.push(point.map(bound));
      show();
    }
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [
        (2.2 * (event.clientX - box.left)) / box.width - 1.1,
        1.1 - (2.2 * (event.clientY - box.top)) / box.height,
      ];
    };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      drawing = true;
      add(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      const to = place(event), from = points[points.length - 1];
      const steps = Math.floor(Math.hypot(to[0] - from[0], to[1] - from[1]) / NEAR);
      for (let i = 1; i <= steps; i++) {
        add([from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps]);
      }
    });
    const finish = () => {
      if (drawing) {
        drawing = false;
        send();
      }
    };
    canvas.addEventListener("pointerup", finish);
    canvas.addEventListener("pointercancel", finish);
    canvas.addEventListener("focus", () => {
      cursor ||= [0, 0];
      show();
    });
    canvas.addEventListener("blur", show);
    canvas.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [-JUMP, 0], ArrowRight: [JUMP, 0], ArrowUp: [0, JUMP], ArrowDown: [0, -JUMP] };
      cursor ||= [0, 0];
      if (moves[event.key]) cursor = cursor.map((number, i) => bound(number + moves[event.key][i]));
      else if (event.key === " " || event.key === "Enter") {
        add(cursor);
        send();
      } else if (event.key === "Backspace") {
        points.pop();
        send();
      } else return;
      event.preventDefault();
      show();
    });
    root.querySelector(".lx-clear").addEventListener("click", () => {
      points = [];
      show();
      send();
    });
    watch("value", () => {
      if ((props.value || "") !== mine) {
        mine = props.value || "";
        points = read(mine);
        show();
      }
    });
    luoxia.onTheme(show);
    points = read(props.value);
    show();
  };
})();
