// The way into noise, computed in the browser from the same numbers as on the server:
//   x_t = sqrt(alpha bar_t) x_0 + sqrt(1 - alpha bar_t) eps
// Value: {x0, eps: base64 of int16, in 1/4096; size; signals: base64 of float32 (alpha bar at every level); level}
(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const reals = (text) => Float32Array.from(new Int16Array(bytes(text)), (v) => v / 4096);

  luoxia.forward = (element, props, watch) => {
    const root = element.querySelector(".lx-forward");
    const canvas = root.querySelector("canvas");
    const output = root.querySelector("output");
    const [share, ratio] = root.querySelectorAll(".lx-chart svg");
    const words = JSON.parse(root.dataset.words);
    let x0, eps, signals, size = 0, level = 0;

    const decibel = (a) => Math.max(-40, Math.min(40, 10 * Math.log10(a / (1 - a)))); // the ends of the axis

    function charts() {
      const x = [0, signals.length - 1], { across } = words;
      const line = (of) => {
        const points = Array.from(signals, (a, t) => [t, of(a)]);
        return [{ kind: "water", points: points.filter(([t]) => t % 5 === 0), dots: [points[level]] }];
      };
      luoxia.chart(share, { x, y: [0, 1], across, up: words.share, lines: line((a) => a) });
      luoxia.chart(ratio, { x, y: [-40, 40], across, up: "dB", lines: line(decibel) });
    }

    function draw(t) {
      if (!x0) return;
      level = Math.max(0, Math.min(signals.length - 1, Math.round(t)));
      const a = signals[level], signal = Math.sqrt(a), noise = Math.sqrt(1 - a);
      const reach = signal + 2.5 * noise; // grey scale: wide enough for the noise at this level
      const grey = new Uint8ClampedArray(4 * size * size);
      for (let i = 0; i < size * size; i++) grey[4 * i] = 127.5 * (1 + (signal * x0[i] + noise * eps[i]) / reach);
      luoxia.paint(canvas, grey, luoxia.palette(false));
      charts();
      const ratio = 10 * Math.log10(a / (1 - a));
      output.textContent = `t = ${level} · ᾱ = ${a.toPrecision(2)} · ${words.snr} ${ratio.toFixed(1)} dB`;
      root.dataset.level = level;
    }

    function load() {
      const value = props.value;
      if (!value || !value.x0) return;
      [x0, eps] = [reals(value.x0), reals(value.eps)];
      signals = new Float32Array(bytes(value.signals));
      size = value.size;
      [canvas.width, canvas.height] = [size, size];
      draw(value.level);
      root.dataset.ready = "1";
    }

    root.scrub = draw;
    luoxia.onTheme(() => draw(level));
    watch("value", load);
    load();
  };
})();
