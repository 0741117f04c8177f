// Grey pixels in the page's own colours, in both themes.
(() => {
  // 256 colours from css variables: ink on paper for pictures, water - paper - glow for noise.
  function palette(signed) {
    const css = getComputedStyle(document.body);
    const colour = (name, fallback) => {
      const probe = document.createElement("canvas").getContext("2d");
      probe.fillStyle = fallback;
      probe.fillStyle = css.getPropertyValue(name).trim() || fallback;
      const hex = parseInt(probe.fillStyle.slice(1), 16);
      return [hex >> 16, (hex >> 8) & 255, hex & 255];
    };
    const low = signed ? colour("--lx-water", "#1F6F8B") : colour("--lx-surface", "#FFFFFF");
    const middle = colour("--lx-surface", "#FFFFFF");
    const high = signed ? colour("--lx-glow", "#C8452B") : colour("--lx-ink", "#1F2430");
    const table = new Uint8ClampedArray(256 * 3);
    for (let i = 0; i < 256; i++) {
      const share = signed ? Math.abs(i - 127.5) / 127.5 : i / 255;
      const [from, to] = signed ? [middle, i < 127.5 ? low : high] : [low, high];
      for (let c = 0; c < 3; c++) table[3 * i + c] = from[c] + share * (to[c] - from[c]);
    }
    return table;
  }

  function paint(canvas, grey, table) {
    const context = canvas.getContext("2d");
    const out = context.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < grey.length / 4; i++) {
      const k = 3 * grey[4 * i];
      out.data[4 * i] = table[k];
      out.data[4 * i + 1] = table[k + 1];
      out.data[4 * i + 2] = table[k + 2];
      out.data[4 * i + 3] = 255;
    }
    context.putImageData(out, 0, 0);
  }

  // Call again when the page turns dark or light.
  const waiting = new Set();
  new MutationObserver(() => waiting.forEach((draw) => draw())).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["class"],
  });
  addEventListener(
    "DOMContentLoaded",
    () =>
      new MutationObserver(() => waiting.forEach((draw) => draw())).observe(document.body, {
        attributes: true,
        attributeFilter: ["class"],
      }),
  );

  luoxia.palette = palette;
  luoxia.paint = paint;
  luoxia.onTheme = (draw) => waiting.add(draw);
})();
