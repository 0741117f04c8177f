// The course of an autoencoder's training: where test digits lie on the plane at every snapshot, what is decoded there,
// and what the code costs. Fetched when it is first seen; the dots walk from one snapshot to the next. Value:
//   {facts: address of the JSON file, sheet: address of the maps below each other}
(() => {
  const WALK = 200; // milliseconds from one snapshot to the next
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const reals = (text) => Float32Array.from(new Int16Array(bytes(text)), (value) => value / 4096);

  luoxia.course = (element, props) => {
    const root = element.querySelector(".lx-course");
    const address = props.value;
    if (!address) return;
    const words = JSON.parse(root.dataset.words);
    const field = luoxia.field(root.querySelector(".lx-still canvas"));
    const map = root.querySelector(".lx-decoded canvas"), facts = root.querySelector(".lx-facts-line");
    const [error, price] = root.querySelectorAll(".lx-chart svg");
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const sheet = new Image();
    let course = null, labels = null, points = [], shown = null, walking = 0, at = 0;

    const rings = ["", ""];
    const dots = (settled) => shown && field.draw({ points: shown, labels, only: null, named: settled, rings });
    function walk(index) {
      cancelAnimationFrame(walking);
      const from = shown, to = points[index], began = performance.now();
      if (!from || luoxia.calm()) {
        shown = to;
        return dots(true);
      }
      const step = (now) => {
        const way = Math.min(1, Math.max(0, now - began) / WALK);
        shown = way < 1 ? from.map((value, i) => value + way * (to[i] - value)) : to;
        dots(way === 1);
        if (way < 1) walking = requestAnimationFrame(step);
      };
      walking = requestAnimationFrame(step);
    }

    function decoded(index) {
      if (!sheet.complete || !sheet.naturalWidth) return;
      const { width, height } = course.tile, context = map.getContext("2d", { willReadFrequently: true });
      [map.width, map.height] = [width, height];
      context.drawImage(sheet, 0, index * height, width, height, 0, 0, width, height);
      luoxia.paint(map, context.getImageData(0, 0, width, height).data, luoxia.palette(false));
    }

    // snapshots lie close together at the start, so the axis is stretched there: a step per snapshot
    function charts(index) {
      const seen = course.snapshots, last = seen.length - 1;
      const xs = [0, Math.round(last / 2), last].map((i) => [i, luoxia.count(seen[i].pictures)]);
      const line = (box, name, kind, level) => {
        const values = seen.map((snapshot) => snapshot[name]), top = Math.max(...values, level || 0);
        const low = level ? Math.min(...values) * 0.9 : 0;
        luoxia.chart(box, {
          x: [0, 1.05 * last],
          y: [low, top * 1.05],
          xs,
          across: words.across,
          up: words.nats,
          lines: [{ kind, points: values.map((value, i) => [i, value]), dots: [[index, values[index]]] }],
          level: level && { at: level, words: words.guess },
        });
      };
      line(error, "reconstruction_nats", "water", course.guess_nats);
      line(price, "kl_nats", "glow");
    }

    function show(index) {
      at = index;
      walk(index);
      decoded(index);
      charts(index);
      const { pictures, minutes, reconstruction_nats: cost, kl_nats: kl } = course.snapshots[index];
      output.textContent = `${index + 1} / ${points.length} · ${pictures.toLocaleString("en-US")} ${words.pictures}`;
      facts.textContent = luoxia.fill(words.facts, {
        minutes: minutes.toFixed(1),
        error: cost.toFixed(1),
        kl: kl.toFixed(1),
      });
      range.value = index;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = index;
    }

    luoxia.player(root, play, range, show, 700);

    async function arrive() {
      course = await (await fetch(address.facts)).json();
      labels = new Uint8Array(bytes(course.labels));
      points = course.snapshots.map((snapshot) => reals(snapshot.points));
      range.max = points.length - 1;
      sheet.onload = () => {
        decoded(at);
        root.dataset.ready = "1";
      };
      sheet.src = address.sheet;
      show(0);
    }
    luoxia.onceSeen(root, arrive);
    new ResizeObserver(() => dots(true)).observe(root);
    luoxia.onTheme(() => {
      if (course) {
        dots(true);
        decoded(at);
      }
    });
  };
})();
