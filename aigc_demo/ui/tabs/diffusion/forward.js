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
    const dot = root.querySelectorAll("circle");
    const words = JSON.parse(root.dataset.words);
    let x0, eps, signals, size = 0, level = 0;

    // Where a level lies in the plot: 300 wide, 100 high; alpha bar from 0 to 1, decibel from -40 to 40.
    const height = [(a) => 96 - 92 * a, (a) => 50 - Math.max(-46, Math.min(46, 11.5 * Math.log10(a / (1 - a))))];

    function curves() {
      root.querySelectorAll("path").forEach((path, k) => {
        const points = [];
        for (let t = 0; t < signals.length; t += 5) {
          points.push(`${(300 * t) / (signals.length - 1)},${height[k](signals[t]).toFixed(1)}`);
        }
        path.setAttribute("d", `M${points.join("L")}`);
      });
    }

    function draw(t) {
      if (!x0) return;
      level = Math.max(0, Math.min(signals.length - 1, Math.round(t)));
      const a = signals[level], signal = Math.sqrt(a), noise = Math.sqrt(1 - a);
      const reach = signal + 2.5 * noise; // grey scale: wide enough for the noise at this level
      const grey = new Uint8ClampedArray(4 * size * size);
      for (let i = 0; i < size * size; i++) grey[4 * i] = 127.5 * (1 + (signal * x0[i] + noise * eps[i]) / reach);
      luoxia.paint(canvas, grey, luoxia.palette(false));
      dot.forEach((mark, k) => {
        mark.setAttribute("cx", (300 * level) / (signals.length - 1));
        mark.setAttribute("cy", height[k](a));
      });
      const decibel = 10 * Math.log10(a / (1 - a));
      output.textContent = `t = ${level} · ᾱ = ${a.toPrecision(2)} · ${words.snr} ${decibel.toFixed(1)} dB`;
      root.dataset.level = level;
    }

    function load() {
      const value = props.value;
      if (!value || !value.x0) return;
      [x0, eps] = [reals(value.x0), reals(value.eps)];
      signals = new Float32Array(bytes(value.signals));
      size = value.size;
      [canvas.width, canvas.height] = [size, size];
      curves();
      draw(value.level);
      root.dataset.ready = "1";
    }

    root.scrub = draw;
    luoxia.onTheme(() => draw(level));
    watch("value", load);
    load();
  };
})();
