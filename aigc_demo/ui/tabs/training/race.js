// Several models that learn the same points of the plane, side by side, and how far each is from them. A value is one
// moment {run, budget, real, floor, names, lanes: [{step, seconds, fake, distance, modes, target, and critic, net or
// arrows}]}, or {file} of a recorded race; past moments stay here to be scrubbed. See services/training/race.py.
(() => {
  const { make, fill, text } = luoxia;
  const KEPT = 400; // moments that can be scrubbed
  const TOP = 8; // of the chart, in distances between real points; what is further away runs along its edge
  const PAUSE = 90; // milliseconds of a moment
  // none of what is made (glow) or of what a field says (water)
  const HUES = { gan: "ink", wgan_gp: "mist", vae: "reed", diffusion: "plum", flow: "ochre" };

  // a lane on a square of a canvas: its field, the real points, its own
  function paint(context, size, left, lane, real, tones) {
    const { REACH, ARROW, places, shares, square } = luoxia.pointPlane;
    const { x, y, scale, dots } = square(context, size, left, tones, lane.critic);
    const stroke = (lines) => {
      context.strokeStyle = tones.water;
      context.lineWidth = 1.4 * scale;
      context.globalAlpha = 0.7;
      context.beginPath();
      for (const [from, to] of lines) {
        context.moveTo(x(from[0]), y(from[1]));
        context.lineTo(x(to[0]), y(to[1]));
      }
      context.stroke();
      context.globalAlpha = 1;
    };
    if (lane.net) {
      const net = places(lane.net), side = Math.round(Math.sqrt(net.length / 2)), lines = [];
      const at = (i, j) => net.subarray(2 * (i * side + j), 2 * (i * side + j) + 2);
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++) {
          if (i + 1 < side) lines.push([at(i, j), at(i + 1, j)]);
          if (j + 1 < side) lines.push([at(i, j), at(i, j + 1)]);
        }
      }
      stroke(lines);
    }
    if (lane.arrows) {
      const ways = shares(lane.arrows), side = Math.round(Math.sqrt(ways.length / 2)), lines = [];
      const middle = (i) => REACH * ((2 * i + 1) / side - 1);
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++) {
          const k = 2 * (i * side + j), from = [middle(i), middle(j)];
          const to = [from[0] + ARROW * ways[k], from[1] + ARROW * ways[k + 1]];
          const angle = Math.atan2(to[1] - from[1], to[0] - from[0]), head = Math.min(0.05, 0.4 * ARROW);
          lines.push([from, to]);
          if (Math.hypot(ways[k], ways[k + 1]) < 0.15) continue;
          for (const turn of [2.6, -2.6]) {
            lines.push([to, [to[0] + head * Math.cos(angle + turn), to[1] + head * Math.sin(angle + turn)]]);
          }
        }
      }
      stroke(lines);
    }
    dots(real, 1.7 * scale, tones.ink, 0.45);
    dots(places(lane.fake), 2.6 * scale, tones.glow, 0.9);
    context.restore();
  }

  const tinted = () => ({
    ...luoxia.pointPlane.colours(),
    water: getComputedStyle(document.body).getPropertyValue("--lx-water").trim(),
  });

  luoxia.arena = (element, props, watch) => {
    const root = element.querySelector(".lx-track"), words = JSON.parse(root.dataset.words);
    const box = root.querySelector(".lx-lanes"), svg = root.querySelector(".lx-chart svg");
    const range = root.querySelector(".lx-scrub input"), label = root.querySelector(".lx-scrub output");
    const play = root.querySelector(".lx-play");
    let run = "", still = null, real = [], frames = [], tones = tinted(), waiting = 0, followed = true, drawn = 0;

    const two = (number) => (Number.isFinite(number) ? number.toFixed(2) : "–");

    function build() {
      if (root.dataset.names === still.names.join()) return;
      root.dataset.names = still.names.join();
      box.replaceChildren(...still.names.map((name) => {
        const canvas = make("canvas");
        canvas.setAttribute("role", "img");
        const title = make("b", { className: `lx-lane-name lx-lane-${HUES[name]}`, textContent: words[name] });
        return make("figure", {}, canvas, make("figcaption", {}, title, make("span"), make("span"), make("span")));
      }));
    }

    function chart() {
      const top = TOP * still.floor;
      const at = (lane) => [Math.min(lane.seconds, still.budget), Math.min(lane.distance ?? top, top)];
      luoxia.chart(svg, {
        x: [0, still.budget],
        y: [0, top],
        across: words.across,
        up: words.distance,
        level: { at: still.floor, words: "" },
        lines: still.names.map((name, i) => {
          const now = frames[+range.value].lanes[i];
          const points = frames.map(({ lanes }) => at(lanes[i]));
          return { kind: HUES[name], points, dots: [at(now)] };
        }),
      });
    }

    function show(place) {
      const frame = frames[place];
      if (!frame) return;
      range.value = place;
      luoxia.filled(range);
      label.textContent = fill(words.spent, { seconds: Math.max(...frame.lanes.map((one) => one.seconds)).toFixed(1) });
      range.setAttribute("aria-valuetext", label.textContent);
      [...box.children].forEach((figure, i) => {
        const canvas = figure.firstChild, lane = frame.lanes[i], [title, far, hit, count] = figure.lastChild.children;
        const size = Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio || 1)) || 300;
        if (canvas.width !== size) [canvas.width, canvas.height] = [size, size];
        paint(canvas.getContext("2d"), size, 0, lane, real, tones);
        far.textContent = fill(words.far, { distance: two(lane.distance), floor: two(still.floor) });
        const share = Math.round(100 * lane.target);
        hit.textContent = lane.modes < 0 ? "" : fill(words.hit, { modes: lane.modes, share });
        count.textContent = fill(words.updates, { count: lane.step.toLocaleString("en-US") });
        const said = [title, far, hit, count].map((part) => part.textContent).filter(Boolean);
        canvas.setAttribute("aria-label", said.join(" · "));
      });
      chart();
      root.dataset.count = frames.length;
      root.dataset.step = frame.lanes[0].step;
      root.dataset.draws = ++drawn;
    }
    const soon = () => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        show(+range.value);
      });
    };
    const stop = luoxia.player(root, play, range, show, PAUSE);

    function begin(value) {
      stop();
      [run, still, real, frames] = [value.run || "", value, luoxia.pointPlane.places(value.real), []];
      build();
    }

    function take(value) {
      const last = frames[frames.length - 1];
      if (value.run !== run || !last || value.lanes[0].step < last.lanes[0].step) begin(value);
      followed = +range.value >= frames.length - 1;
      frames.push({ lanes: value.lanes });
      if (frames.length > KEPT) frames = frames.filter((_, i) => i % 2 === 0 || i === frames.length - 1);
      range.max = frames.length - 1;
      if (followed) range.value = range.max;
      soon();
    }

    async function changed() {
      const value = props.value;
      if (!value) return;
      if (!value.file) return take(value);
      const film = await luoxia.pointPlane.recorded(value);
      if (props.value !== value) return;
      begin(film);
      frames = film.frames;
      range.max = frames.length - 1;
      show(frames.length - 1);
      root.dataset.ready = "1";
      if (!luoxia.calm()) play.click();
    }
    play.setAttribute("aria-label", text.play);
    luoxia.onTheme(() => {
      tones = tinted();
      soon();
    });
    new ResizeObserver(soon).observe(box);
    watch("value", changed);
    changed();
  };

  // a card of the landing view: three lanes side by side
  luoxia.raceCard = async (canvas, value, loop) => {
    const film = await luoxia.pointPlane.recorded(value), real = luoxia.pointPlane.places(film.real), size = 240;
    [canvas.width, canvas.height] = [3 * size, size];
    canvas.style.imageRendering = "auto";
    let tones = tinted(), last = film.frames.length - 1;
    const show = (at) => {
      last = at;
      film.frames[at].lanes.slice(0, 3).forEach((lane, i) => {
        paint(canvas.getContext("2d"), size, i * size, lane, real, tones);
      });
    };
    luoxia.onTheme(() => {
      tones = tinted();
      show(last);
    });
    show(last);
    if (!luoxia.calm()) loop(canvas, film.frames.length, show, { pause: 120, rest: 24 }).start(0);
  };
})();
